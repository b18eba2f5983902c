// SPDX-License-Identifier: Apache-2.0
// What every client and server should be able to do together. The test suite of a scenario has its name.
#pragma once

#include <array>
#include <string_view>

namespace nlinit::test {

enum class Scenario {
    lease,
    renewal,
    renewal_on_demand,
    rebinding,
    refusal,
    rapid_commit,
    restart,
    reboot,
    relay,
    host_mask,
    classless_routes,
    release,
    decline,
    two_clients
};

// In the same order.
inline constexpr std::array<std::string_view, 14> kScenarios{
    "Lease",  "Renewal", "RenewalOnDemand", "Rebinding",       "Refusal", "RapidCommit", "Restart",
    "Reboot", "Relay",   "HostMask",        "ClasslessRoutes", "Release", "Decline",     "TwoClients"};

// The same of DHCPv6.
enum class Scenario6 { lease, rapid_commit, renewal, confirm, release, decline, exhausted, stateless };

inline constexpr std::array<std::string_view, 8> kScenarios6{"Lease6",   "RapidCommit6", "Renewal6",   "Confirm6",
                                                             "Release6", "Decline6",     "Exhausted6", "Stateless6"};

}  // namespace nlinit::test
