// SPDX-License-Identifier: Apache-2.0
// Kea 2.2 and later.
#include <array>
#include <cstdio>
#include <string>

#include "kea_command.hpp"
#include "servers.hpp"

namespace nlinit::test {
namespace {

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string hexadecimal(const std::vector<std::uint8_t>& octets) {
    std::string text;
    for (const auto octet : octets) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02X", octet);
        text += digits.data();
    }
    return text;
}

std::string kea_option(const std::string& name, const std::string& value) {
    return R"({"name": )" + quoted(name) + R"(, "data": )" + quoted(value) + '}';
}

// The mask is that of the subnet, whatever option 1 is set to; a subnet of one address is then one of this interface.
std::string subnet(const Terms& terms) {
    const Prefix network = terms.host_mask ? Prefix(terms.first, Prefix::kMaxLength) : terms.network;
    std::string options = kea_option("routers", terms.router.to_string()) + ", " +
                          kea_option("domain-name-servers", terms.name_server.to_string());
    if (!terms.classless_routes.empty())
        options += R"(, {"code": 121, "csv-format": false, "data": )" +
                   quoted(hexadecimal(terms.encoded_classless_routes())) + '}';
    // Leases are kept by the subnet's number: another network must have another.
    std::string text = R"({"id": )" + std::to_string(1 + network.network().octets()[0]);
    text += R"(, "subnet": )" + quoted(network.to_string());
    if (!terms.relayed()) text += R"(, "interface": "srv0")";
    text += R"(, "pools": [{"pool": )" + quoted(terms.first.to_string() + " - " + terms.last.to_string());
    return text + R"(}], "option-data": [)" + options + "]}";
}

std::string configuration(const Terms& terms, const std::string& leases) {
    std::string text = R"({"Dhcp4": {"authoritative": true,
 "interfaces-config": {"interfaces": ["srv0"], "dhcp-socket-type": "raw"},
 "lease-database": {"type": "memfile", "persist": true, "lfc-interval": 0, "name": )" +
                       quoted(leases) + "},\n";
    text += R"( "valid-lifetime": )" + std::to_string(terms.lease.count());
    if (terms.renew_after.count() > 0) text += R"(, "renew-timer": )" + std::to_string(terms.renew_after.count());
    if (terms.rebind_after.count() > 0) text += R"(, "rebind-timer": )" + std::to_string(terms.rebind_after.count());
    text += ",\n \"subnet4\": [" + subnet(terms) + "],\n";
    return text + R"( "loggers": [{"name": "kea-dhcp4", "severity": "INFO",
  "output_options": [{"output": "stdout", "flush": true, "pattern": "%m\n"}]}]}})";
}

class Kea : public Server {
  public:
    using Server::Server;
    void start(const Terms& terms) override {
        write("kea.json", configuration(terms, file("leases.csv")));
        launch(kea_command("/usr/sbin/kea-dhcp4", file("kea.json"), place().directory), "DHCP4_STARTED");
    }
};

}  // namespace

ServerKind kea() {
    return {.name = "kea",
            .make = [](const Place& place) -> std::unique_ptr<Server> { return std::make_unique<Kea>(place); },
            .says_released = "address 192.0.2.50 was released properly"};
}

}  // namespace nlinit::test
