// SPDX-License-Identifier: Apache-2.0
// busybox udhcpd 1.35.
#include <array>
#include <cstdio>
#include <string>

#include "servers.hpp"

namespace nlinit::test {
namespace {

std::string option(const std::string& name, const std::string& value) {
    return "option " + name + ' ' + value + '\n';
}

// Options that it has no name for are in hexadecimal.
std::string option(int code, std::chrono::seconds time) {
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(time.count()));
    return option(std::to_string(code), digits.data());
}

std::string configuration(const Terms& terms, const std::string& leases, const std::string& pid) {
    const auto pool_size = terms.last.to_integer() - terms.first.to_integer() + 1;
    std::string text = "start " + terms.first.to_string() + "\nend " + terms.last.to_string() + "\ninterface srv0\n";
    text += "max_leases " + std::to_string(pool_size) + "\nlease_file " + leases + "\npidfile " + pid + '\n';
    text += "min_lease 30\n" + option("lease", std::to_string(terms.lease.count()));
    text += option("subnet", terms.mask().to_string());
    text += option("router", terms.router.to_string());
    text += option("dns", terms.name_server.to_string());
    if (terms.renew_after.count() > 0) text += option(58, terms.renew_after);
    if (terms.rebind_after.count() > 0) text += option(59, terms.rebind_after);
    std::string routes;
    for (const auto& route : terms.classless_routes)
        routes += (routes.empty() ? "" : ", ") + route.destination.to_string() + ' ' + route.gateway.to_string();
    return routes.empty() ? text : text + option("staticroutes", routes);
}

class Udhcpd : public Server {
  public:
    using Server::Server;
    void start(const Terms& terms) override {
        write("udhcpd.conf", configuration(terms, file("leases"), file("udhcpd.pid")));
        touch("leases");
        // -a 0: else it asks by ARP, for 2 s, whether the address that it is going to offer is in use.
        launch({"/usr/bin/busybox", "udhcpd", "-f", "-a", "0", "-I", terms.server.to_string(), file("udhcpd.conf")},
               "started");
    }
};

}  // namespace

ServerKind udhcpd() {
    return {.name = "udhcpd",
            .make = [](const Place& place) -> std::unique_ptr<Server> { return std::make_unique<Udhcpd>(place); },
            .answers_through_routers = false};
}

}  // namespace nlinit::test
