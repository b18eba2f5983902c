// SPDX-License-Identifier: Apache-2.0
// dnsmasq as a DHCPv6 server.
#include <string>
#include <vector>

#include "servers.hpp"

namespace nlinit::test {
namespace {

class Dnsmasq6 : public Server6 {
  public:
    using Server6::Server6;
    void start(const Terms6& terms) override {
        const auto range = terms.stateless
                               ? "::,constructor:srv0,ra-stateless"
                               : terms.first + ',' + terms.last + ",64," + std::to_string(terms.lease.count());
        launch({"/usr/sbin/dnsmasq", "--conf-file=/dev/null", "--no-daemon", "--port=0", "--interface=srv0",
                "--bind-interfaces", "--log-dhcp", "--dhcp-authoritative", "--user=root", "--pid-file=", "--no-hosts",
                "--dhcp-leasefile=" + file("leases"), "--no-resolv", "--dhcp-range=" + range,
                "--dhcp-option=option6:dns-server,[" + terms.name_server + ']',
                "--dhcp-option=option6:domain-search," + terms.domain},
               "sockets bound");
    }
};

}  // namespace

Server6Kind dnsmasq6() {
    return {.name = "dnsmasq",
            .make = [](const Place& place) -> std::unique_ptr<Server6> { return std::make_unique<Dnsmasq6>(place); }};
}

}  // namespace nlinit::test
