// SPDX-License-Identifier: Apache-2.0
// The servers that the client is tested with: a file for each, and here what the tests need to know of it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "scenario.hpp"
#include "server.hpp"

namespace nlinit::test {

struct ServerKind {
    std::string name;
    std::unique_ptr<Server> (*make)(const Place& place) = nullptr;
    bool knows_rapid_commit = false;
    bool answers_through_routers = true;          // false: only those whose MAC it can reach, and relays
    std::chrono::seconds shortest_renewal{1};     // that it can be told to ask for
    std::string says_released = {};               // of 192.0.2.50; empty: says nothing
    std::map<Scenario, std::string> cannot = {};  // and why not
};

[[nodiscard]] ServerKind dnsmasq();
[[nodiscard]] ServerKind isc_dhcpd();
[[nodiscard]] ServerKind kea();
[[nodiscard]] ServerKind udhcpd();
[[nodiscard]] ServerKind qemu();

[[nodiscard]] const std::vector<ServerKind>& servers();
[[nodiscard]] std::vector<const ServerKind*> able_to(Scenario scenario);

struct Server6Kind {
    std::string name;  // that of the same program for DHCP
    std::unique_ptr<Server6> (*make)(const Place& place) = nullptr;
    std::map<Scenario6, std::string> cannot = {};
};

[[nodiscard]] Server6Kind dnsmasq6();
[[nodiscard]] Server6Kind isc_dhcpd6();
[[nodiscard]] Server6Kind kea6();

[[nodiscard]] const std::vector<Server6Kind>& servers6();
[[nodiscard]] std::vector<const Server6Kind*> able_to(Scenario6 scenario);

// A line for each scenario with each server: the two names and, where there is no test, the reason; between tabs.
[[nodiscard]] std::string matrix();

void PrintTo(const ServerKind* kind, std::ostream* out);  // the name that a test gets
void PrintTo(const Server6Kind* kind, std::ostream* out);

}  // namespace nlinit::test
