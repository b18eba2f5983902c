// SPDX-License-Identifier: Apache-2.0
// The hands behind a BootPlan: what each kind of step does to the machine.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::app {

// A filesystem is grown within milliseconds, unless its kernel writes tables for all that is new.
constexpr Duration kGrowthLimit = std::chrono::minutes(1);

[[nodiscard]] Result<> carry_out(const plan::Work& work);

// /etc/resolv.conf, with a line in the log that says what it replaces: on a writable root that is the image's own.
[[nodiscard]] Result<> write_resolv_conf(const std::vector<NameServer>& name_servers,
                                         const std::vector<std::string>& search_domains);
// /etc/hosts with what the kernel's host name needs there; what it says already stays.
[[nodiscard]] Result<> write_hosts();

}  // namespace nlinit::app
