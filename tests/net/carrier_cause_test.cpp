// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/carrier_cause.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nlinit {
namespace {

Link link(int index, std::string name, std::string kind = {}) {
    Link link;
    link.index = LinkIndex{index};
    link.name = std::move(name);
    link.kind = std::move(kind);
    link.admin_up = true;
    return link;
}

TEST(WhyNoCarrierTest, AParentOnThisMachineIsNamed) {
    for (const auto* kind : {"vlan", "macvlan", "ipvlan"}) {
        auto parent = link(2, "eth0");
        auto upper = link(3, "up0", kind);
        upper.lower = parent.index;
        parent.admin_up = false;
        EXPECT_EQ(why_no_carrier(upper, std::vector{parent, upper}), "its parent eth0 is down") << kind;
        parent.admin_up = true;
        EXPECT_EQ(why_no_carrier(upper, std::vector{parent, upper}),
                  "its parent eth0 has no carrier: is the other end of the link up?")
            << kind;
        upper.lower_is_elsewhere = true;
        EXPECT_EQ(why_no_carrier(upper, std::vector{parent, upper}),
                  "its parent, in another network namespace, is down or has no carrier");
    }
}

TEST(WhyNoCarrierTest, ThePeerOfAPairIsNamed) {
    auto peer = link(2, "srv0", "veth");
    auto veth = link(3, "eth0", "veth");
    veth.lower = peer.index;
    peer.admin_up = false;
    EXPECT_EQ(why_no_carrier(veth, std::vector{peer, veth}), "its peer srv0 is down");
    veth.lower_is_elsewhere = true;
    EXPECT_EQ(why_no_carrier(veth, std::vector{veth}), "its peer, in another network namespace, is down");
}

TEST(WhyNoCarrierTest, OfABridgeAndABondThePortsCount) {
    for (const std::string kind : {"bridge", "bond", "team"}) {
        const auto master = link(3, "m0", kind);
        auto port = link(2, "eth0");
        EXPECT_EQ(why_no_carrier(master, std::vector{port, master}), "it is a " + kind + " without ports");
        port.master = master.index;
        EXPECT_EQ(why_no_carrier(master, std::vector{port, master}), "no port of the " + kind + " has a carrier");
    }
}

TEST(WhyNoCarrierTest, ATapNeedsAProgram) {
    const auto tap = link(3, "tap0", "tun");
    EXPECT_EQ(why_no_carrier(tap, std::vector{tap}), "no program has it open");
}

TEST(WhyNoCarrierTest, OfHardwareNobodyHereTells) {
    const auto nic = link(2, "eth0");
    EXPECT_EQ(why_no_carrier(nic, std::vector{nic}), "is the other end of the link up?");
    auto orphan = link(3, "mv0", "macvlan");
    orphan.lower = LinkIndex{9};
    EXPECT_EQ(why_no_carrier(orphan, std::vector{nic, orphan}), "is the other end of the link up?");
}

}  // namespace
}  // namespace nlinit
