// SPDX-License-Identifier: Apache-2.0
// ISC dhcpd 4.4 as a DHCPv6 server.
#include <string>

#include "servers.hpp"

namespace nlinit::test {
namespace {

std::string configuration(const Terms6& terms) {
    const auto lease = std::to_string(terms.lease.count());
    std::string text = "authoritative;\nddns-update-style none;\n";
    text += "default-lease-time " + lease + ";\npreferred-lifetime " + lease + ";\n";
    text += "option dhcp6.name-servers " + terms.name_server + ";\n";
    text += "option dhcp6.domain-search \"" + terms.domain + "\";\n";
    if (terms.rapid_commit) text += "option dhcp6.rapid-commit;\n";
    text += "subnet6 2001:db8::/64 {";
    if (!terms.stateless) text += " range6 " + terms.first + ' ' + terms.last + ';';
    return text + " }\n";
}

class IscDhcpd6 : public Server6 {
  public:
    using Server6::Server6;
    void start(const Terms6& terms) override {
        write("dhcpd6.conf", configuration(terms));
        touch("leases6");
        launch({"/usr/sbin/dhcpd", "-6", "-f", "-d", "--no-pid", "-cf", file("dhcpd6.conf"), "-lf", file("leases6"),
                "srv0"},
               "Server starting service.");
    }
};

}  // namespace

Server6Kind isc_dhcpd6() {
    return {.name = "dhcpd",
            .make = [](const Place& place) -> std::unique_ptr<Server6> { return std::make_unique<IscDhcpd6>(place); }};
}

}  // namespace nlinit::test
