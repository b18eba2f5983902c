#include "servers.hpp"

namespace nlinit::test {

const std::vector<ServerKind>& servers() {
    static const std::vector<ServerKind> kinds{dnsmasq(), isc_dhcpd(), kea(), udhcpd(), qemu()};
    return kinds;
}

std::vector<const ServerKind*> able_to(Scenario scenario) {
    std::vector<const ServerKind*> able;
    for (const auto& kind : servers()) {
        if (!kind.cannot.contains(scenario)) able.push_back(&kind);
    }
    return able;
}

std::string matrix() {
    std::string text;
    for (std::size_t i = 0; i < kScenarios.size(); ++i) {
        for (const auto& kind : servers()) {
            const auto reason = kind.cannot.find(static_cast<Scenario>(i));
            text += std::string(kScenarios[i]) + '\t' + kind.name + '\t';
            text += (reason == kind.cannot.end() ? "" : reason->second) + '\n';
        }
    }
    return text;
}

void PrintTo(const ServerKind* kind, std::ostream* out) {
    *out << kind->name;
}

}  // namespace nlinit::test
