// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/link_ipv6.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "printers.hpp"

namespace nlinit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

KernelIpv6Address at(std::string_view text) {
    return {.address = *Ipv6Address::parse(text), .prefix_length = 64};
}

Ipv6WayOut by(std::string_view gateway, std::uint32_t metric = 1024, std::uint8_t preference = 1) {
    return {.gateway = *IpAddress::parse(gateway), .metric = metric, .preference = preference};
}

std::vector<std::string> addresses(const LinkIpv6& ipv6) {
    std::vector<std::string> texts;
    for (const auto& address : ipv6.plan().addresses) texts.push_back(to_string(address));
    return texts;
}

std::vector<std::string> routes(const LinkIpv6& ipv6) {
    std::vector<std::string> texts;
    for (const auto& route : ipv6.plan().routes) texts.push_back(to_string(route));
    return texts;
}

class LinkIpv6Test : public ::testing::Test {
  protected:
    [[nodiscard]] Ipv6Lack lack(bool heard = false) const { return ipv6_.lack(true, heard); }
    void link_local() { ipv6_.take(at("fe80::2")); }

    LinkIpv6 ipv6_;
};

TEST_F(LinkIpv6Test, NamesTheFirstThingThatIsMissing) {
    EXPECT_EQ(lack(), Ipv6Lack::link_local);
    auto probed = at("fe80::2");
    probed.tentative = true;
    ipv6_.take(probed);
    EXPECT_EQ(lack(), Ipv6Lack::link_local) << "nobody can be asked from there";
    link_local();
    EXPECT_EQ(lack(), Ipv6Lack::router);
    EXPECT_EQ(lack(true), Ipv6Lack::prefix);
    ipv6_.take(by("fe80::1"));
    EXPECT_EQ(lack(), Ipv6Lack::prefix) << "a default route is a router's word";
    auto address = at("2001:db8::2");
    address.tentative = true;
    ipv6_.take(address);
    EXPECT_EQ(lack(), Ipv6Lack::probe);
    ipv6_.take(at("2001:db8::2"));
    EXPECT_EQ(lack(), Ipv6Lack::nothing);
    ipv6_.drop(by("fe80::1"));
    EXPECT_EQ(lack(), Ipv6Lack::way_out);
    EXPECT_EQ(ipv6_.lack(false, true), Ipv6Lack::nothing) << "of an interface that is no way out";
}

TEST_F(LinkIpv6Test, AnOptimisticAddressAndAUniqueLocalOneCanBeUsed) {
    link_local();
    ipv6_.take(by("fe80::1"));
    auto address = at("fd00::2");
    address.tentative = address.optimistic = true;
    ipv6_.take(address);
    EXPECT_EQ(lack(), Ipv6Lack::nothing);
    EXPECT_THAT(addresses(ipv6_), ElementsAre("fd00::2/64"));
}

TEST_F(LinkIpv6Test, AnotherHostsAddressIsNoneAndOneThatIsDeprecatedIsNotEnough) {
    link_local();
    ipv6_.take(by("fe80::1"));
    auto address = at("2001:db8::2");
    address.tentative = address.duplicate = true;
    EXPECT_TRUE(ipv6_.take(address));
    EXPECT_EQ(lack(), Ipv6Lack::duplicate);
    EXPECT_THAT(addresses(ipv6_), IsEmpty());
    ipv6_.drop(at("2001:db8::2"));
    auto old = at("2001:db8::3");
    old.deprecated = true;
    ipv6_.take(old);
    EXPECT_EQ(lack(), Ipv6Lack::preferred_address);
    old.tentative = old.optimistic = true;
    ipv6_.take(old);
    EXPECT_EQ(lack(), Ipv6Lack::preferred_address) << "no answer to its probe makes it one for new connections";
    ipv6_.take(at("2001:db8::4"));
    EXPECT_EQ(lack(), Ipv6Lack::nothing);
    EXPECT_THAT(addresses(ipv6_), ElementsAre("2001:db8::4/64", "2001:db8::3/64")) << "for old connections it counts";
}

// The kernel removes an address of an advertisement when another host has it, and says so in the removal.
TEST_F(LinkIpv6Test, AnAddressThatWentAsADuplicateIsRemembered) {
    link_local();
    ipv6_.take(by("fe80::1"));
    ipv6_.take(at("2001:db8::2"));
    auto gone = at("2001:db8::2");
    gone.duplicate = true;
    EXPECT_TRUE(ipv6_.drop(gone));
    EXPECT_EQ(lack(), Ipv6Lack::duplicate);
    ipv6_.take(at("2001:db8::2"));
    EXPECT_EQ(lack(), Ipv6Lack::nothing) << "until it is there again";
}

TEST_F(LinkIpv6Test, WithoutALinkLocalAddressOfItsOwnNobodyCanBeAsked) {
    auto local = at("fe80::2");
    local.tentative = local.duplicate = true;
    ipv6_.take(local);
    EXPECT_EQ(lack(), Ipv6Lack::duplicate_link_local);
    EXPECT_EQ(ipv6_.link_local(), nullptr);
}

TEST_F(LinkIpv6Test, WaysAreInTheKernelsOrder) {
    ipv6_.take(by("fe80::1", 1024, 0));
    ipv6_.take(by("fe80::2", 1024, 2));
    ipv6_.take(by("fe80::3", 512, 1));
    ipv6_.take(by("::", 2048));
    EXPECT_THAT(routes(ipv6_), ElementsAre("default via fe80::3 metric 512", "default via fe80::2",
                                           "default via fe80::1", "default metric 2048"));
    EXPECT_FALSE(ipv6_.take(by("fe80::3", 512, 1))) << "no news";
    EXPECT_TRUE(ipv6_.take(by("fe80::9", 1024), true));
    EXPECT_THAT(routes(ipv6_),
                ElementsAre("default via fe80::3 metric 512", "default via fe80::9", "default metric 2048"));
}

TEST_F(LinkIpv6Test, ManyRoutersAndAddressesTakeNoMoreThanTheirRoom) {
    for (int i = 1; i <= 300; ++i) {
        ipv6_.take(by("fe80::" + std::to_string(i)));
        ipv6_.take(at("2001:db8::" + std::to_string(i)));
    }
    EXPECT_THAT(routes(ipv6_), SizeIs(LinkIpv6::kMaxWays));
    EXPECT_THAT(addresses(ipv6_), SizeIs(LinkIpv6::kMaxAddresses));
    ipv6_.clear();
    EXPECT_EQ(lack(), Ipv6Lack::link_local);
}

TEST(Ipv6Lack, EachHasANameAndAnExplanation) {
    for (int i = 0; i <= static_cast<int>(Ipv6Lack::way_out); ++i) {
        EXPECT_FALSE(name_of(static_cast<Ipv6Lack>(i)).empty()) << i;
        EXPECT_FALSE(explanation_of(static_cast<Ipv6Lack>(i)).empty()) << i;
    }
    EXPECT_EQ(name_of(Ipv6Lack::way_out), "way_out");
}

}  // namespace
}  // namespace nlinit
