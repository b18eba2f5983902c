// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/router_advertisement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/router_options.hpp"

namespace nlinit {
namespace {

using test::dnssl;
using test::rdnss;
using test::router_option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Ipv6Address server(std::string_view text) {
    return Ipv6Address::parse(text).value_or(Ipv6Address());
}

Bytes together(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST(RouterOptionsTest, NameServersHaveALifetime) {
    const auto options = parse_router_options(rdnss(600, {"2001:db8::53", "fe80::1"}));
    ASSERT_THAT(options.name_servers, SizeIs(1));
    EXPECT_EQ(options.name_servers.front().lifetime, std::chrono::seconds(600));
    EXPECT_THAT(options.name_servers.front().servers, ElementsAre(server("2001:db8::53"), server("fe80::1")));
    EXPECT_TRUE(options.complete);
}

TEST(RouterOptionsTest, SearchDomainsHaveALifetime) {
    const auto options = parse_router_options(dnssl(0xffffffff, {"lan", "example.com"}));
    ASSERT_THAT(options.search_domains, SizeIs(1));
    EXPECT_EQ(options.search_domains.front().lifetime, kInfiniteRouterLifetime);
    EXPECT_THAT(options.search_domains.front().domains, ElementsAre("lan", "example.com"));
    EXPECT_TRUE(options.complete);
}

TEST(RouterOptionsTest, OptionsFollowEachOtherAndOthersArePassedOver) {
    const auto options =
        parse_router_options(together(together(rdnss(1, {"2001:db8::1"}), router_option(1, 0, {})), dnssl(2, {"lan"})));
    EXPECT_THAT(options.name_servers, SizeIs(1));
    EXPECT_THAT(options.search_domains, SizeIs(1));
    EXPECT_TRUE(options.complete);
    EXPECT_EQ(parse_router_options({}), RouterOptions());
}

TEST(RouterOptionsTest, AServerThatIsNoHostIsLeftOut) {
    const auto options = parse_router_options(rdnss(1, {"ff02::1", "::", "::1", "::ffff:1.2.3.4", "2001:db8::1"}));
    ASSERT_THAT(options.name_servers, SizeIs(1));
    EXPECT_THAT(options.name_servers.front().servers, ElementsAre(server("2001:db8::1")));
    EXPECT_FALSE(options.complete);
}

// RFC 4861 6.1.2: an option of length 0 makes the packet none.
TEST(RouterOptionsTest, BehindALengthOfZeroOrPastTheEndNothingIsRead) {
    auto zero = together(rdnss(1, {"2001:db8::1"}), rdnss(1, {"2001:db8::2"}));
    zero[25] = 0;
    EXPECT_THAT(parse_router_options(zero).name_servers, SizeIs(1));
    EXPECT_FALSE(parse_router_options(zero).complete);
    auto cut = rdnss(1, {"2001:db8::1"});
    cut.pop_back();
    EXPECT_THAT(parse_router_options(cut).name_servers, IsEmpty());
    EXPECT_FALSE(parse_router_options(cut).complete);
    EXPECT_FALSE(parse_router_options(Bytes{25}).complete);
}

// RFC 8106 5.3.1.
TEST(RouterOptionsTest, HalfAnAddressMakesTheOptionNone) {
    for (const std::size_t size : {0U, 8U, 24U}) {
        const auto options = parse_router_options(router_option(25, 1, Bytes(size, 0x20)));
        EXPECT_THAT(options.name_servers, IsEmpty()) << size;
        EXPECT_FALSE(options.complete) << size;
    }
    EXPECT_FALSE(parse_router_options(router_option(31, 1, {})).complete);
}

TEST(RouterOptionsTest, TheLongestOptionHoldsAHundredAndTwentySevenServers) {
    Bytes addresses;
    for (std::uint8_t i = 0; i < 127; ++i) {
        const Ipv6Address::Octets octets{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, i};
        addresses.insert(addresses.end(), octets.begin(), octets.end());
    }
    const auto options = parse_router_options(router_option(25, 1, addresses));
    ASSERT_THAT(options.name_servers, SizeIs(1));
    EXPECT_THAT(options.name_servers.front().servers, SizeIs(127));
}

TEST(RouterOptionsTest, OfDomainsWithAFaultThoseBeforeItCount) {
    using namespace std::string_view_literals;
    for (const auto rest : {"\3lan\0\1a\xc0\0"sv, "\3lan\0\x3f 12345"sv, "\3lan\0\1\n\0"sv}) {
        const auto options = parse_router_options(router_option(31, 1, Bytes(rest.begin(), rest.end())));
        ASSERT_THAT(options.search_domains, SizeIs(1));
        EXPECT_THAT(options.search_domains.front().domains, ElementsAre("lan"));
        EXPECT_FALSE(options.complete);
    }
}

}  // namespace
}  // namespace nlinit
