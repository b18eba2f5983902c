// SPDX-License-Identifier: Apache-2.0
// What a boot says of its network in one line each: an interface when it can be used, and what is missing.
#pragma once

#include <map>
#include <set>
#include <string>

#include "app/network/network_setup.hpp"
#include "app/pid1/boot_diary.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::app {

class NetworkSummary {
  public:
    explicit NetworkSummary(const BootDiary& diary) noexcept : diary_(diary) {}

    // Each interface that can be used now, or otherwise than it was told: another address, or a lease that comes back.
    // waits: for all that is wanted of one; else what there is of it counts.
    void tell(const NetworkSetup& network, const config::Network& config, bool waits);

  private:
    const BootDiary& diary_;
    std::map<std::string, std::string> usable_;  // what was said of each interface that can be used
    std::set<std::string> usable_ever_;
};

// Each interface that the boot should have and has not; empty: none.
[[nodiscard]] std::string missing_interfaces(const NetworkSetup& network);

}  // namespace nlinit::app
