// SPDX-License-Identifier: Apache-2.0
// A router on an interface that is no way out, and prefixes that it says are on that link: where the kernel sends what
// is for the name server, a neighbour of the uplink's and somebody far away, before and after.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "boot_network_fixture.hpp"
#include "net/router_options.hpp"
#include "support/router.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::Port;
using test::row;

Ipv6Address ipv6(std::string_view text) {
    return *Ipv6Address::parse(text);
}

struct PrefixHijack {
    const char* name;
    test::AdvertisedPrefix prefix;
    const char* said;
};

void PrintTo(const PrefixHijack& hijack, std::ostream* out) {
    *out << hijack.name;
}

class BootPrefixFixture : public test::BootNetworkFixture {
  protected:
    BootPrefixFixture() {
        uplink_.says.prefixes = {{ipv6("2001:db8:1::")}};
        uplink_.says.more_options = test::rdnss(600, {"2001:db8:53::53"});
        other_.says.prefixes = {{ipv6("2001:db8:2::")}};
        other_.answers = false;
        guest_.config = kQuick +
                        row("eth1", "method = \"none\"\nipv6 = \"auto\"\ndefault_route = false\noptional = true") +
                        row("eth0", "method = \"none\"\nipv6 = \"auto\"\noptional = true");
    }
    [[nodiscard]] std::vector<std::string> ways() const {
        std::vector<std::string> links;
        for (const char* each : {"2001:db8:53::53", "2001:db8:1::77", "2001:4860:4860::8888"})
            links.push_back(test::way_to(ipv6(each), cable_.client));
        return links;
    }
    [[nodiscard]] bool all_leaves_by_eth0() {
        return guest_.comes_to([this] { return ways() == std::vector<std::string>(3, "eth0"); });
    }
    [[nodiscard]] std::string sysctl_of_eth1(const std::string& key) const {
        const auto inside = cable_.client.enter();
        std::ifstream file("/proc/sys/net/ipv6/conf/eth1/" + key);
        std::string value;
        file >> value;
        return value;
    }

    Port second_{loop_, cable_, "eth1", 1};
    test::KernelEvents ipv6_events_{cable_.client, Family::kIpv6};
    test::Router uplink_{loop_, cable_.server, "srv0"};
    test::Router other_{loop_, cable_.server, "far-eth1", "fe80::2"};
};

class BootPrefixHijackTest : public BootPrefixFixture, public ::testing::WithParamInterface<PrefixHijack> {
  protected:
    void hijack() { other_.advertise({.prefixes = {{ipv6("2001:db8:2::")}, GetParam().prefix}}); }
};

TEST_P(BootPrefixHijackTest, ComesToNothingWhereTheUplinkIsThereFirst) {
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(all_leaves_by_eth0()) << guest_.log();
    other_.advertise();
    ASSERT_TRUE(guest_.comes_to([this] { return test::way_to(ipv6("2001:db8:2::77"), cable_.client) == "eth1"; }));
    EXPECT_EQ(sysctl_of_eth1("accept_ra_pinfo"), "1") << "a network of its own is taken";
    hijack();
    ASSERT_TRUE(logs(GetParam().said)) << guest_.log();
    EXPECT_TRUE(all_leaves_by_eth0()) << guest_.log();
    EXPECT_EQ(test::way_to(ipv6("2001:db8:2::77"), cable_.client), "eth1") << "what is right stays";
    hijack();
    other_.advertise({.prefixes = {{.prefix = ipv6("2001:db8:3::")}}, .more_options = test::rdnss(600, {"fe80::2"})});
    EXPECT_TRUE(all_leaves_by_eth0()) << guest_.log();
    EXPECT_EQ(sysctl_of_eth1("accept_ra_pinfo"), "0");
    EXPECT_EQ(end(), SIGINT);
}

// Also of what was there before anybody had a claim.
TEST_P(BootPrefixHijackTest, ComesToAnEndWhereTheUplinkIsThereLast) {
    uplink_.answers = false;
    ASSERT_TRUE(boots()) << guest_.log();
    hijack();
    ASSERT_TRUE(guest_.comes_to([this] { return test::way_to(ipv6("2001:db8:2::77"), cable_.client) == "eth1"; }));
    uplink_.advertise();
    ASSERT_TRUE(logs(GetParam().said)) << guest_.log();
    EXPECT_TRUE(all_leaves_by_eth0()) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

INSTANTIATE_TEST_SUITE_P(
    , BootPrefixHijackTest,
    ::testing::Values(
        PrefixHijack{"all",
                     {.prefix = ipv6("::"), .autonomous = false, .length = 0},
                     "a router says that ::/0 is on this link, which is wider than a /64"},
        PrefixHijack{"all_that_is_global",
                     {.prefix = ipv6("2000::"), .autonomous = false, .length = 3},
                     "a router says that 2000::/3 is on this link, which is wider than a /64"},
        PrefixHijack{"subnet",
                     {.prefix = ipv6("2001:db8:1::")},
                     "a router says that 2001:db8:1::/64 is on this link, which would take over eth0's subnet"},
        PrefixHijack{"part_of_subnet",
                     {.prefix = ipv6("2001:db8:1::"), .autonomous = false, .length = 120},
                     "2001:db8:1::/120 is on this link, which would take over eth0's subnet 2001:db8:1::/64"},
        PrefixHijack{"name_server",
                     {.prefix = ipv6("2001:db8:53::"), .valid = 0xffffffff, .preferred = 0xffffffff},
                     "which would take over eth0's name server 2001:db8:53::53"}),
    [](const auto& each) { return std::string(each.param.name); });

using BootPrefixTest = BootPrefixFixture;

TEST_F(BootPrefixTest, AddressesOfThePayloadsOwnMayHaveAnyNetwork) {
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(all_leaves_by_eth0());
    {
        const auto inside = cable_.client.enter();
        ASSERT_EQ(std::system("ip -6 address add 2001:db8:8::1/48 dev eth1"), 0);
    }
    test::Advertisement many;
    for (int number = 1; number <= 17; ++number)
        many.prefixes.push_back({.prefix = ipv6("2001:db8:f" + std::to_string(number) + "::"), .autonomous = false});
    other_.advertise(many);
    ASSERT_TRUE(logs("which is one more than 16")) << guest_.log();
    EXPECT_EQ(test::way_to(ipv6("2001:db8:8::77"), cable_.client), "eth1") << "the user's word";
    EXPECT_TRUE(all_leaves_by_eth0()) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

}  // namespace
}  // namespace nlinit::app
