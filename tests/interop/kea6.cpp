// SPDX-License-Identifier: Apache-2.0
// Kea 2.2 and later as a DHCPv6 server.
#include <string>

#include "kea_command.hpp"
#include "servers.hpp"

namespace nlinit::test {
namespace {

std::string kea6_option(const std::string& name, const std::string& value) {
    return R"({"name": ")" + name + R"(", "data": ")" + value + R"("})";
}

std::string subnet(const Terms6& terms) {
    std::string text = R"({"id": 1, "subnet": "2001:db8::/64", "interface": "srv0", "rapid-commit": )";
    text += terms.rapid_commit ? "true" : "false";
    if (!terms.stateless) text += R"(, "pools": [{"pool": ")" + terms.first + " - " + terms.last + R"("}])";
    return text + '}';
}

std::string configuration(const Terms6& terms, const std::string& directory) {
    const auto lease = std::to_string(terms.lease.count());
    std::string text = R"({"Dhcp6": {"interfaces-config": {"interfaces": ["srv0"]},
 "server-id": {"type": "LL", "htype": 1, "identifier": "020000000001", "persist": false},
 "lease-database": {"type": "memfile", "persist": true, "lfc-interval": 0, "name": ")" +
                       directory + R"(/leases6.csv"},
 "preferred-lifetime": )" +
                       lease + R"(, "valid-lifetime": )" + lease + R"(,
 "option-data": [)" + kea6_option("dns-servers", terms.name_server) +
                       ", " + kea6_option("domain-search", terms.domain);
    text += "],\n \"subnet6\": [" + subnet(terms) + "],\n";
    return text + R"( "loggers": [{"name": "kea-dhcp6", "severity": "INFO",
  "output_options": [{"output": "stdout", "flush": true, "pattern": "%m\n"}]}]}})";
}

class Kea6 : public Server6 {
  public:
    using Server6::Server6;
    void start(const Terms6& terms) override {
        write("kea6.json", configuration(terms, place().directory));
        launch(kea_command("/usr/sbin/kea-dhcp6", file("kea6.json"), place().directory), "DHCP6_STARTED");
    }
};

}  // namespace

Server6Kind kea6() {
    return {.name = "kea",
            .make = [](const Place& place) -> std::unique_ptr<Server6> { return std::make_unique<Kea6>(place); }};
}

}  // namespace nlinit::test
