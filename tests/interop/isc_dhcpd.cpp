// SPDX-License-Identifier: Apache-2.0
// ISC dhcpd 4.4.
#include <string>

#include "servers.hpp"

namespace nlinit::test {
namespace {

std::string subnet(const Prefix& network, const std::string& content) {
    return "subnet " + network.network().to_string() + " netmask " + network.mask().to_string() + " {" + content +
           "}\n";
}

std::string dhcpd_option(const std::string& name, const std::string& value) {
    return " option " + name + ' ' + value + ';';
}

std::string comma_separated(const std::vector<std::uint8_t>& octets) {
    std::string text;
    for (const auto octet : octets) text += (text.empty() ? "" : ",") + std::to_string(octet);
    return text;
}

std::string configuration(const Terms& terms) {
    const auto lease = std::to_string(terms.lease.count()) + ';';
    std::string content = " range " + terms.first.to_string() + ' ' + terms.last.to_string() + ";";
    content += " default-lease-time " + lease + " max-lease-time " + lease;
    content += dhcpd_option("routers", terms.router.to_string());
    content += dhcpd_option("domain-name-servers", terms.name_server.to_string());
    content += dhcpd_option("subnet-mask", terms.mask().to_string());
    if (terms.renew_after.count() > 0)
        content += dhcpd_option("dhcp-renewal-time", std::to_string(terms.renew_after.count()));
    if (terms.rebind_after.count() > 0)
        content += dhcpd_option("dhcp-rebinding-time", std::to_string(terms.rebind_after.count()));
    if (!terms.classless_routes.empty())
        content += dhcpd_option("classless-routes", comma_separated(terms.encoded_classless_routes()));
    std::string text =
        "authoritative;\nping-check false;\nddns-update-style none;\n"
        "option classless-routes code 121 = array of unsigned integer 8;\n";
    // It serves no interface whose network it has not been told of.
    if (terms.relayed()) text += subnet(Prefix(terms.server, 24), "");
    return text + subnet(terms.network, content);
}

class IscDhcpd : public Server {
  public:
    using Server::Server;
    void start(const Terms& terms) override {
        write("dhcpd.conf", configuration(terms));
        touch("leases");
        launch(
            {"/usr/sbin/dhcpd", "-4", "-f", "-d", "--no-pid", "-cf", file("dhcpd.conf"), "-lf", file("leases"), "srv0"},
            "Server starting service.");
    }
};

}  // namespace

ServerKind isc_dhcpd() {
    return {.name = "dhcpd",
            .make = [](const Place& place) -> std::unique_ptr<Server> { return std::make_unique<IscDhcpd>(place); },
            .says_released = "DHCPRELEASE of 192.0.2.50"};
}

}  // namespace nlinit::test
