// SPDX-License-Identifier: Apache-2.0
#include "servers.hpp"

#include <algorithm>

namespace nlinit::test {
namespace {

template <class Kind, class Scenario>
std::vector<const Kind*> those_able_to(const std::vector<Kind>& kinds, Scenario scenario) {
    std::vector<const Kind*> able;
    for (const auto& kind : kinds) {
        if (!kind.cannot.contains(scenario)) able.push_back(&kind);
    }
    return able;
}

std::string row(std::string_view scenario, const std::string& server, const std::string& reason) {
    return std::string(scenario) + '\t' + server + '\t' + reason + '\n';
}

template <class Kind, class Scenario>
std::string reason_of(const Kind& kind, Scenario scenario) {
    const auto reason = kind.cannot.find(scenario);
    return reason == kind.cannot.end() ? "" : reason->second;
}

// A server of DHCP is one of DHCPv6 too, or its row says that it is none.
std::string reason_of_6(const std::string& server, Scenario6 scenario) {
    const auto kind = std::ranges::find(servers6(), server, &Server6Kind::name);
    return kind == servers6().end() ? "it does not speak DHCPv6" : reason_of(*kind, scenario);
}

}  // namespace

const std::vector<ServerKind>& servers() {
    static const std::vector<ServerKind> kinds{dnsmasq(), isc_dhcpd(), kea(), udhcpd(), qemu()};
    return kinds;
}

const std::vector<Server6Kind>& servers6() {
    static const std::vector<Server6Kind> kinds{dnsmasq6(), isc_dhcpd6(), kea6()};
    return kinds;
}

std::vector<const ServerKind*> able_to(Scenario scenario) {
    return those_able_to(servers(), scenario);
}

std::vector<const Server6Kind*> able_to(Scenario6 scenario) {
    return those_able_to(servers6(), scenario);
}

std::string matrix() {
    std::string text;
    for (std::size_t i = 0; i < kScenarios.size(); ++i) {
        for (const auto& kind : servers())
            text += row(kScenarios[i], kind.name, reason_of(kind, static_cast<Scenario>(i)));
    }
    for (std::size_t i = 0; i < kScenarios6.size(); ++i) {
        for (const auto& kind : servers())
            text += row(kScenarios6[i], kind.name, reason_of_6(kind.name, static_cast<Scenario6>(i)));
    }
    return text;
}

void PrintTo(const ServerKind* kind, std::ostream* out) {
    *out << kind->name;
}

void PrintTo(const Server6Kind* kind, std::ostream* out) {
    *out << kind->name;
}

}  // namespace nlinit::test
