// SPDX-License-Identifier: Apache-2.0
// Errands that wait until the plan's mounts are there: before, their paths may lead into the initramfs, or to what a
// mount is to cover.
#pragma once

#include <map>
#include <string>

#include "app/errands.hpp"

namespace nlinit::app {

class DeferredErrands {
  public:
    explicit DeferredErrands(Errands& errands) : errands_(errands) {}

    // As of Errands::run(): of those that wait under one key the last one counts.
    void run(const std::string& key, Errand errand);
    // From now on nothing waits.
    void release();
    [[nodiscard]] bool is_released() const noexcept { return is_released_; }

  private:
    Errands& errands_;
    std::map<std::string, Errand> waiting_;
    bool is_released_ = false;
};

}  // namespace nlinit::app
