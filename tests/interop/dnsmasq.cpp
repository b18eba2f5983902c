// SPDX-License-Identifier: Apache-2.0
#include "dnsmasq.hpp"

#include "servers.hpp"

namespace nlinit::test {
namespace {

std::vector<std::string> options_for(const Terms& terms) {
    std::vector<std::string> options{"--dhcp-range=" + terms.first.to_string() + ',' + terms.last.to_string() + ',' +
                                         terms.network.mask().to_string() + ',' + std::to_string(terms.lease.count()),
                                     "--dhcp-option=3," + terms.router.to_string(),
                                     "--dhcp-option=6," + terms.name_server.to_string()};
    const auto add_time = [&](const std::string& name, std::chrono::seconds time) {
        if (time.count() > 0) options.push_back("--dhcp-option=option:" + name + ',' + std::to_string(time.count()));
    };
    add_time("T1", terms.renew_after);
    add_time("T2", terms.rebind_after);
    if (terms.rapid_commit) options.emplace_back("--dhcp-rapid-commit");
    if (terms.host_mask) options.push_back("--dhcp-option-force=1," + terms.mask().to_string());
    if (!terms.classless_routes.empty()) {
        options.emplace_back("--dhcp-option=121");
        for (const auto& route : terms.classless_routes)
            options.back() += ',' + route.destination.to_string() + ',' + route.gateway.to_string();
    }
    return options;
}

}  // namespace

void Dnsmasq::start(const Terms& terms) {
    start_with(options_for(terms));
}

void Dnsmasq::start_with(const std::vector<std::string>& options) {
    std::vector<std::string> command{
        "/usr/sbin/dnsmasq", "--conf-file=/dev/null", "--no-daemon", "--port=0",
        "--interface=srv0",  "--bind-interfaces",     "--log-dhcp",  "--dhcp-authoritative",
        "--user=root",       "--pid-file=",           "--no-hosts",  "--dhcp-leasefile=" + file("leases"),
        "--no-resolv"};
    if (!pings) command.emplace_back("--no-ping");
    command.insert(command.end(), options.begin(), options.end());
    launch(command, "sockets bound");
}

ServerKind dnsmasq() {
    return {.name = "dnsmasq",
            .make = [](const Place& place) -> std::unique_ptr<Server> { return std::make_unique<Dnsmasq>(place); },
            .knows_rapid_commit = true,
            .shortest_renewal = std::chrono::seconds(3),
            .says_released = "DHCPRELEASE(srv0) 192.0.2.50"};
}

}  // namespace nlinit::test
