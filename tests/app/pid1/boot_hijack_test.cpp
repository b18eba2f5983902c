// SPDX-License-Identifier: Apache-2.0
// A DHCP server on an interface that is no way out, and what it would like to have of another interface's traffic:
// where the kernel sends what is for the name server, the gateway and its neighbours, before and after.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "boot_network_fixture.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::kStay;
using test::Port;
using test::row;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Ipv4Address kFarNameServer{8, 8, 8, 8}, kGateway{192, 0, 2, 1}, kNameServer{192, 0, 2, 53},
    kNeighbour{192, 0, 2, 77};

// What a lease on eth1 says, and what becomes of it.
struct Hijack {
    const char* name;
    Ipv4Address address, mask;
    Bytes routes;  // option 121
    const char* accepted;
    std::vector<std::string> addresses;
    const char* said;
};

void PrintTo(const Hijack& hijack, std::ostream* out) {
    *out << hijack.name;
}

class BootHijackTest : public test::BootNetworkFixture, public ::testing::WithParamInterface<Hijack> {
  protected:
    BootHijackTest() {
        server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 53, 8, 8, 8, 8});
        guest_.parameters = "nlinit.dns=lease";
        guest_.config = kQuick +
                        row("eth1", "default_route = false\noptional = true\naccept_routes = [" +
                                        std::string(GetParam().accepted) + "]") +
                        row("eth0", "optional = true");
    }
    void make_hostile() {
        const auto& hijack = GetParam();
        second_.server.grant.address = hijack.address;
        second_.server.grant.options.set_address(dhcp::OptionCode::subnet_mask, hijack.mask);
        if (!hijack.routes.empty())
            second_.server.grant.options.set(dhcp::OptionCode::classless_static_route, hijack.routes);
    }
    [[nodiscard]] std::vector<std::string> ways() const {
        std::vector<std::string> links;
        for (const Ipv4Address& each : {kFarNameServer, kGateway, kNameServer, kNeighbour})
            links.push_back(test::way_to(each, cable_.client));
        return links;
    }
    void expect_that_all_leaves_by_eth0() {
        EXPECT_THAT(ways(), ElementsAre("eth0", "eth0", "eth0", "eth0")) << guest_.log();
        EXPECT_EQ(addresses("eth1"), GetParam().addresses);
        EXPECT_TRUE(logs(GetParam().said)) << guest_.log();
    }

    Port second_{loop_, cable_, "eth1", 1};
};

TEST_P(BootHijackTest, ComesToNothingWhereTheUplinkIsThereFirst) {
    second_.server.silent = true;
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(has_lease());
    make_hostile();
    second_.server.silent = false;
    ASSERT_TRUE(logs(GetParam().said)) << guest_.log();
    expect_that_all_leaves_by_eth0();
    EXPECT_EQ(end(), SIGINT);
}

TEST_P(BootHijackTest, ComesToAnEndWhereTheUplinkIsThereLast) {
    server_.silent = true;
    make_hostile();
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(logs("eth1: leased ")) << guest_.log();
    EXPECT_FALSE(addresses("eth1").empty()) << "nothing is taken from nobody";
    server_.silent = false;
    ASSERT_TRUE(logs("eth0: leased ")) << guest_.log();
    ASSERT_TRUE(has_lease());
    expect_that_all_leaves_by_eth0();
    EXPECT_EQ(end(), SIGINT);
}

TEST_P(BootHijackTest, ComesToNothingByALaterLease) {
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(has_lease());
    ASSERT_TRUE(comes_to_addresses("eth1", {"10.1.0.50/24 brd 10.1.0.255"})) << guest_.log();
    EXPECT_THAT(ways(), ElementsAre("eth0", "eth0", "eth0", "eth0"));
    make_hostile();
    second_.server.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.script = {};
        server.send(server.reply_to(request.message, dhcp::MessageType::nak));
    };
    test::set_link_down(second_.far, cable_.server);
    ASSERT_TRUE(guest_.comes_to([this] { return !test::link_of("eth1", cable_.client)->carrier; }));
    test::set_link_up(second_.far, cable_.server);
    ASSERT_TRUE(logs(GetParam().said)) << guest_.log();
    expect_that_all_leaves_by_eth0();
    EXPECT_EQ(end(), SIGINT);
}

INSTANTIATE_TEST_SUITE_P(
    , BootHijackTest,
    ::testing::Values(Hijack{"name_server_by_mask",
                             {8, 1, 0, 50},
                             {255, 0, 0, 0},
                             {},
                             "",
                             {"8.1.0.50/32"},
                             "which would take over eth0's name server 8.8.8.8"},
                      Hijack{"all_by_mask", {8, 8, 8, 7}, {128, 0, 0, 0}, {}, "", {"8.8.8.7/32"}, "is wider than a /8"},
                      Hijack{"subnet_by_mask",
                             {192, 0, 2, 50 + 10},
                             {255, 255, 255, 128},
                             {},
                             "",
                             {"192.0.2.60/32"},
                             "which would take over eth0's gateway 192.0.2.1"},
                      Hijack{"neighbours_by_mask",
                             {192, 0, 2, 70},
                             {255, 255, 255, 240},
                             {},
                             "",
                             {"192.0.2.70/32"},
                             "which would take over eth0's subnet 192.0.2.0/24"},
                      Hijack{"name_server_by_address",
                             {8, 8, 8, 8},
                             {255, 255, 255, 255},
                             {},
                             "",
                             {},
                             "the leased address is eth0's name server 8.8.8.8"},
                      Hijack{"gateway_by_address",
                             {192, 0, 2, 1},
                             {255, 255, 255, 255},
                             {},
                             "",
                             {},
                             "the leased address is eth0's gateway 192.0.2.1"},
                      Hijack{"by_accepted_routes",
                             {10, 1, 0, 50},
                             {255, 255, 255, 0},
                             {8, 8, 0, 0, 0, 0, 32, 192, 0, 2, 1, 10, 1, 0, 1, 28, 192, 0, 2, 64, 10, 1, 0, 1},
                             "\"8.0.0.0/8\", \"192.0.0.0/8\"",
                             {"10.1.0.50/24 brd 10.1.0.255"},
                             "and it would take over eth0's name server 8.8.8.8"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace nlinit::app
