// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/time.hpp"

namespace nlinit {

std::string in_words(Duration duration) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s" : std::to_string(milliseconds) + " ms";
}

}  // namespace nlinit
