// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/router_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "net/router_options.hpp"

namespace nlinit {
namespace {

using namespace std::chrono_literals;
using test::dnssl;
using test::rdnss;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const auto kRouter = Ipv6Address::parse("fe80::1").value_or(Ipv6Address());
const auto kOtherRouter = Ipv6Address::parse("fe80::2").value_or(Ipv6Address());
constexpr TimePoint kStart{1000s};
constexpr std::uint32_t kForever = 0xffffffff;

Ipv6Address name_server(std::string_view text) {
    return Ipv6Address::parse(text).value_or(Ipv6Address());
}

void append(Bytes& options, const Bytes& more) {
    options.insert(options.end(), more.begin(), more.end());
}

class RouterDnsTest : public testing::Test {
  protected:
    bool take(const Bytes& options, TimePoint now = kStart, const Ipv6Address& router = kRouter) {
        return dns_.take(router, parse_router_options(options), now);
    }
    RouterDns dns_;
};

TEST_F(RouterDnsTest, WhatIsSaidLastsItsLifetimeAndNoLonger) {
    EXPECT_TRUE(take(rdnss(600, {"2001:db8::53"})));
    EXPECT_EQ(dns_.deadline(), kStart + 600s);
    EXPECT_FALSE(dns_.expire(kStart + 600s - 1ns));
    EXPECT_THAT(dns_.name_servers(), ElementsAre(name_server("2001:db8::53")));
    EXPECT_TRUE(dns_.expire(kStart + 600s));
    EXPECT_THAT(dns_.name_servers(), IsEmpty());
    EXPECT_FALSE(dns_.deadline());
}

TEST_F(RouterDnsTest, ARepetitionLengthensAndShortensAndChangesNoList) {
    take(rdnss(600, {"2001:db8::53"}));
    EXPECT_FALSE(take(rdnss(600, {"2001:db8::53"}), kStart + 300s));
    EXPECT_EQ(dns_.deadline(), kStart + 900s);
    EXPECT_FALSE(take(rdnss(10, {"2001:db8::53"}), kStart + 300s));
    EXPECT_EQ(dns_.deadline(), kStart + 310s);
}

TEST_F(RouterDnsTest, ALifetimeOfZeroWithdraws) {
    take(rdnss(600, {"2001:db8::53", "2001:db8::54"}));
    take(dnssl(600, {"lan"}));
    EXPECT_TRUE(take(rdnss(0, {"2001:db8::53"})));
    EXPECT_THAT(dns_.name_servers(), ElementsAre(name_server("2001:db8::54")));
    EXPECT_TRUE(take(dnssl(0, {"lan"})));
    EXPECT_THAT(dns_.search_domains(), IsEmpty());
    EXPECT_FALSE(take(rdnss(0, {"2001:db8::99"}))) << "of what nobody had said";
}

TEST_F(RouterDnsTest, AnInfiniteOneHasNoDeadline) {
    EXPECT_TRUE(take(rdnss(0xffffffff, {"2001:db8::53"})));
    EXPECT_TRUE(take(dnssl(0xffffffff, {"lan"})));
    EXPECT_FALSE(dns_.deadline());
    EXPECT_FALSE(dns_.expire(kStart + 24h * 365 * 100));
    EXPECT_THAT(dns_.search_domains(), ElementsAre("lan"));
}

TEST_F(RouterDnsTest, SeveralRoutersAreListedInOrderOfArrival) {
    take(rdnss(600, {"2001:db8::2"}));
    take(rdnss(60, {"2001:db8::1", "2001:db8::2"}), kStart, kOtherRouter);
    EXPECT_THAT(dns_.name_servers(), ElementsAre(name_server("2001:db8::2"), name_server("2001:db8::1")));
    EXPECT_TRUE(dns_.expire(kStart + 60s));
    EXPECT_THAT(dns_.name_servers(), ElementsAre(name_server("2001:db8::2")));
}

TEST_F(RouterDnsTest, NoRouterWithdrawsWhatAnotherHasSaid) {
    take(rdnss(600, {"2001:db8::53"}));
    EXPECT_FALSE(take(rdnss(0, {"2001:db8::53"}), kStart, kOtherRouter));
    EXPECT_THAT(dns_.name_servers(), SizeIs(1));
}

TEST_F(RouterDnsTest, WhoeverWasThereFirstStaysWhenThereIsNoMoreRoom) {
    take(rdnss(60, {"2001:db8::1"}));
    take(dnssl(60, {"lan"}));
    Bytes many;
    for (int i = 0; i < 120; ++i) {
        append(many, rdnss(600, {"2001:db8:1::" + std::to_string(i)}));
        append(many, dnssl(600, {"d" + std::to_string(i)}));
    }
    EXPECT_TRUE(take(many, kStart, kOtherRouter));
    EXPECT_THAT(dns_.name_servers(), SizeIs(RouterDns::kMaxNameServers));
    EXPECT_THAT(dns_.search_domains(), SizeIs(RouterDns::kMaxSearchDomains));
    EXPECT_EQ(dns_.name_servers().front(), name_server("2001:db8::1"));
    EXPECT_EQ(dns_.search_domains().front(), "lan");
    // What is over makes room.
    take(rdnss(600, {"2001:db8::2"}), kStart + 60s);
    EXPECT_THAT(dns_.name_servers(), Contains(name_server("2001:db8::2")));
}

TEST_F(RouterDnsTest, ARouterThatFillsTheListGivesUpWhatIsMoreThanItsShare) {
    const auto eight = [](const std::string& prefix) {
        Bytes options;
        for (int i = 1; i <= 8; ++i) append(options, rdnss(kForever, {prefix + std::to_string(i)}));
        return options;
    };
    take(eight("2001:db8:bad::"));
    EXPECT_TRUE(take(rdnss(600, {"2001:db8::53", "2001:db8::54"}), kStart, kOtherRouter));
    EXPECT_THAT(dns_.name_servers(), SizeIs(RouterDns::kMaxNameServers));
    EXPECT_THAT(dns_.name_servers(), Contains(name_server("2001:db8::53")));
    EXPECT_THAT(dns_.name_servers(), Contains(name_server("2001:db8::54")));
    EXPECT_THAT(dns_.name_servers(), Contains(name_server("2001:db8:bad::6")));
    EXPECT_THAT(dns_.name_servers(), Not(Contains(name_server("2001:db8:bad::7")))) << "the latest go";
    EXPECT_FALSE(take(eight("2001:db8:bad::"))) << "nor does it take them back";
    EXPECT_TRUE(take(eight("2001:db8::"), kStart, kOtherRouter));
    EXPECT_FALSE(take(eight("2001:db8:bad::"))) << "four each";
    EXPECT_FALSE(take(eight("2001:db8::"), kStart, kOtherRouter));
}

TEST_F(RouterDnsTest, OfTheThreeThatAResolverReadsOneIsOfEachRouter) {
    take(rdnss(600, {"2001:db8:bad::1", "2001:db8:bad::2", "2001:db8:bad::3"}));
    take(dnssl(600, {"bad", "worse"}));
    take(rdnss(600, {"2001:db8::53", "2001:db8::54"}), kStart, kOtherRouter);
    take(dnssl(600, {"lan"}), kStart, kOtherRouter);
    EXPECT_THAT(dns_.name_servers(),
                ElementsAre(name_server("2001:db8:bad::1"), name_server("2001:db8::53"), name_server("2001:db8:bad::2"),
                            name_server("2001:db8::54"), name_server("2001:db8:bad::3")));
    EXPECT_THAT(dns_.search_domains(), ElementsAre("bad", "lan", "worse"));
}

TEST_F(RouterDnsTest, SearchDomainsAreSharedToo) {
    for (int i = 0; i < 20; ++i) take(dnssl(kForever, {"d" + std::to_string(i)}));
    EXPECT_TRUE(take(dnssl(600, {"lan"}), kStart, kOtherRouter));
    EXPECT_THAT(dns_.search_domains(), Contains("lan"));
    EXPECT_THAT(dns_.search_domains(), Not(Contains("d15")));
    EXPECT_THAT(dns_.search_domains(), SizeIs(RouterDns::kMaxSearchDomains));
}

TEST_F(RouterDnsTest, OnAnotherLinkNothingOfItCounts) {
    take(rdnss(600, {"2001:db8::53"}));
    take(dnssl(600, {"lan"}));
    dns_.clear();
    EXPECT_THAT(dns_.name_servers(), IsEmpty());
    EXPECT_THAT(dns_.search_domains(), IsEmpty());
    EXPECT_FALSE(dns_.deadline());
}

}  // namespace
}  // namespace nlinit
