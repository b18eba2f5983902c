// SPDX-License-Identifier: Apache-2.0
// What a lease becomes in the kernel, by each server's own way to say it.
#include <gmock/gmock.h>

#include "datagram.hpp"
#include "interop_fixture.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

class Lease : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, Lease, ValuesIn(able_to(Scenario::lease)));

TEST_P(Lease, BecomesAddressRouteAndNameServer) {
    serve({});
    const auto file = directory_ / "resolv.conf";
    const auto finished = netsetup({"--no-rapid-commit", "--resolv-conf", file});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors << story();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_EQ(*sys::read_file(file, 4096), "nameserver 192.0.2.3\n");
    EXPECT_TRUE(lifetime_of("192.0.2.50/24", "eth0", lan_.client).has_value());
}

class RapidCommit : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, RapidCommit, ValuesIn(able_to(Scenario::rapid_commit)));

// To ask for it costs nothing where it is not known: the DISCOVER that asks is the one that is answered.
TEST_P(RapidCommit, SavesTwoPacketsOrCostsNone) {
    serve({.rapid_commit = true});
    EXPECT_EQ(netsetup().exit_code, 0) << story();
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("192.0.2.50/24")));
    ASSERT_THAT(wire_.heard(), Contains(HasSubstr("ACK 192.0.2.50")));
    EXPECT_THAT(wire_.heard(), Not(Contains("0.0.0.0 to 255.255.255.255 DISCOVER"))) << story();
    EXPECT_EQ(wire_.heard("ACK 192.0.2.50 rapid"), GetParam()->knows_rapid_commit) << story();
    EXPECT_NE(wire_.heard("OFFER"), GetParam()->knows_rapid_commit) << story();
    EXPECT_NE(wire_.heard("REQUEST"), GetParam()->knows_rapid_commit) << story();
}

class HostMask : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, HostMask, ValuesIn(able_to(Scenario::host_mask)));

TEST_P(HostMask, LeadsOutThroughARouterThatIsInNoSubnet) {
    add_address("203.0.113.254/32", "srv0", lan_.server);
    add_address("198.51.100.99/32", "srv0", lan_.server);
    serve({.router = {203, 0, 113, 254}, .host_mask = true});
    const auto finished = netsetup();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors << story();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/32"));
    EXPECT_THAT(routes(), ElementsAre("203.0.113.254 src 192.0.2.50 proto dhcp scope link",
                                      "default via 203.0.113.254 src 192.0.2.50 proto dhcp"));
    EXPECT_EQ(sender_of_a_datagram(loop_, lan_.client, lan_.server, {198, 51, 100, 99}), "192.0.2.50");
}

class ClasslessRoutes : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, ClasslessRoutes, ValuesIn(able_to(Scenario::classless_routes)));

TEST_P(ClasslessRoutes, TakeThePlaceOfTheRouter) {
    serve({.classless_routes = {{{{10, 0, 0, 0}, 8}, {192, 0, 2, 7}}, {{}, {192, 0, 2, 9}}}});
    const auto finished = netsetup();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors << story();
    EXPECT_THAT(routes(), ElementsAre("10.0.0.0/8 via 192.0.2.7 src 192.0.2.50 proto dhcp",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.9 src 192.0.2.50 proto dhcp"));
}

}  // namespace
}  // namespace nlinit::test
