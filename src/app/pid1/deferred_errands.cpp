// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/deferred_errands.hpp"

#include <utility>

namespace nlinit::app {

void DeferredErrands::run(const std::string& key, Errand errand) {
    if (is_released_) return errands_.run(key, std::move(errand));
    waiting_.insert_or_assign(key, std::move(errand));
}

void DeferredErrands::release() {
    is_released_ = true;
    for (auto& [key, errand] : std::exchange(waiting_, {})) errands_.run(key, std::move(errand));
}

}  // namespace nlinit::app
