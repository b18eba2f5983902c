// SPDX-License-Identifier: Apache-2.0
// The server in QEMU's user network (slirp), without a machine: a hub joins the network to a tap, which is made a port
// of the bridge srv0. Its router, 192.0.2.1, is inside QEMU, so the bridge itself must have no address.
#include <gtest/gtest.h>

#include <string>

#include "lan.hpp"
#include "servers.hpp"
#include "support/kernel_view.hpp"
#include "support/veth.hpp"

namespace nlinit::test {
namespace {

class Qemu : public Server {
  public:
    using Server::Server;
    void start(const Terms& terms) override {
        readdress("srv0", place().network, {});
        KernelEvents links(place().network);
        ASSERT_TRUE(place().loop.watch(links.fd(), [&] { static_cast<void>(links.take()); }).ok());
        launch(command(terms), [this] { return link_of("tap0", place().network).has_value(); });
        place().loop.unwatch(links.fd());
        make_port("tap0", "srv0", place().network);
    }

  private:
    static std::vector<std::string> command(const Terms& terms) {
        const std::string network = "net=" + terms.network.to_string() + ",host=" + terms.server.to_string() +
                                    ",dns=" + terms.name_server.to_string() + ",dhcpstart=" + terms.first.to_string();
        return {"/usr/bin/qemu-system-x86_64",
                "-nodefaults",
                "-machine",
                "none",
                "-display",
                "none",
                "-monitor",
                "none",
                "-netdev",
                "user,id=user," + network,
                "-netdev",
                "tap,id=tap,ifname=tap0,script=no,downscript=no",
                "-netdev",
                "hubport,hubid=0,id=port0,netdev=user",
                "-netdev",
                "hubport,hubid=0,id=port1,netdev=tap"};
    }
};

}  // namespace

ServerKind qemu() {
    return {.name = "qemu",
            .make = [](const Place& place) -> std::unique_ptr<Server> { return std::make_unique<Qemu>(place); },
            .cannot = {{Scenario::renewal, "its lease is 24 h, and it sends no T1"},
                       {Scenario::rebinding, "its lease is 24 h, and it sends no T2"},
                       {Scenario::relay, "it answers a relay by broadcast to clients"},
                       {Scenario::host_mask, "it sends the mask of its network"},
                       {Scenario::classless_routes, "it sends no option 121"},
                       {Scenario::release, "it takes no notice of a RELEASE"},
                       {Scenario::decline, "it takes no notice of a DECLINE"}}};
}

}  // namespace nlinit::test
