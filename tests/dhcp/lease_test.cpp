// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dhcp/acks.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::ack;
using test::kRequestedAt;
using test::kRouter;
using test::kServer;
using test::lease_of;
using test::refusal_of;
using test::without_option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kMask = OptionCode::subnet_mask;

TEST(LeaseTest, AnAckGrantsWhatItSays) {
    const auto lease = lease_of(ack());
    EXPECT_EQ(lease.address, Ipv4Address(10, 0, 2, 15));
    EXPECT_EQ(lease.prefix_length, 24);
    EXPECT_EQ(lease.server, kServer);
    EXPECT_EQ(lease.duration, 3600s);
    EXPECT_EQ(lease.acquired_at, kRequestedAt);
    EXPECT_EQ(lease.renew_at, kRequestedAt + 1800s);
    EXPECT_EQ(lease.rebind_at, kRequestedAt + 3150s);
    EXPECT_EQ(lease.expires_at, kRequestedAt + 3600s);
    EXPECT_EQ(lease.default_gateway(), kRouter);
    EXPECT_FALSE(lease.is_infinite());
    EXPECT_FALSE(lease.mtu);
    EXPECT_EQ(lease.options, ack().options);
}

TEST(LeaseTest, AnAddressThatNoHostCanHaveIsRefused) {
    for (const auto text :
         {"0.0.0.0", "0.1.2.3", "255.255.255.255", "127.0.0.1", "127.255.0.1", "224.0.0.1", "239.1.2.3"}) {
        auto message = ack();
        message.yiaddr = Ipv4Address::parse(text).value();
        EXPECT_EQ(refusal_of(message), DropReason::bad_offered_address) << text;
    }
}

TEST(LeaseTest, TheAddressOfTheServerAndThoseOfTheSubnetAreRefusedForWhatTheyAre) {
    auto message = ack();
    message.yiaddr = kServer;
    EXPECT_EQ(refusal_of(message), DropReason::address_of_server);
    for (const std::uint8_t last : Bytes{0, 255}) {
        message.yiaddr = {10, 0, 2, last};
        EXPECT_EQ(refusal_of(message), DropReason::address_of_subnet) << int{last};
    }
}

TEST(LeaseTest, NetworkAndBroadcastAddressOfThirtyOneBitsAreHosts) {
    for (const std::uint8_t last : Bytes{14, 15}) {
        auto message = without_option(ack(), OptionCode::router);
        message.yiaddr = {10, 0, 2, last};
        message.options.set_address(kMask, {255, 255, 255, 254});
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.prefix_length, 31);
        EXPECT_FALSE(lease.broadcast) << "with one the kernel refuses the gateway";
    }
}

TEST(LeaseTest, ALeaseOfThirtyTwoBitsHasNoBroadcastAddressEither) {
    auto message = ack();
    message.options.set_address(kMask, kBroadcastAddress);
    message.options.set_address(OptionCode::broadcast_address, {10, 0, 2, 15});
    const auto lease = lease_of(message);
    EXPECT_EQ(lease.prefix_length, 32);
    EXPECT_FALSE(lease.broadcast);
    EXPECT_EQ(lease.default_gateway(), kRouter);
}

TEST(LeaseTest, AThirtyOneBitLeaseIgnoresTheServersBroadcastAddress) {
    auto message = ack();
    message.options.set_address(kMask, {255, 255, 255, 254});
    message.options.set_address(OptionCode::broadcast_address, {10, 0, 2, 15});
    EXPECT_FALSE(lease_of(message).broadcast);
}

TEST(LeaseTest, TheBroadcastAddressOfAnOrdinarySubnetIsKept) {
    auto message = ack();
    message.options.set_address(OptionCode::broadcast_address, {10, 0, 2, 255});
    EXPECT_EQ(lease_of(message).broadcast, Ipv4Address(10, 0, 2, 255));
}

TEST(LeaseTest, ABroadcastAddressOfElsewhereIsNotTaken) {
    for (const auto& given : {Ipv4Address(192, 168, 1, 255), Ipv4Address(10, 0, 2, 7), Ipv4Address(127, 0, 0, 1)}) {
        auto message = ack();
        message.options.set_address(OptionCode::broadcast_address, given);
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.broadcast, Ipv4Address(10, 0, 2, 255)) << given.to_string();
        EXPECT_THAT(lease.remarks, ElementsAre("DHCP option 28 (broadcast address) is " + given.to_string() +
                                               ", which is not that of 10.0.2.0/24: it is 10.0.2.255"));
    }
}

TEST(LeaseTest, AMaskWithHolesIsRefused) {
    for (const auto text : {"255.0.255.0", "0.255.255.255", "255.255.255.253", "0.0.0.1", "255.255.253.0"}) {
        auto message = ack();
        message.options.set_address(kMask, Ipv4Address::parse(text).value());
        EXPECT_EQ(refusal_of(message), DropReason::bad_subnet_mask) << text;
    }
}

TEST(LeaseTest, AMaskOfZeroIsRefused) {
    auto message = ack();
    message.options.set_address(kMask, {});
    EXPECT_EQ(refusal_of(message), DropReason::bad_subnet_mask);
}

TEST(LeaseTest, AMissingMaskMeansThirtyTwoBitsNeverAClass) {
    EXPECT_EQ(lease_of(without_option(ack(), kMask)).prefix_length, 32);
    for (const std::size_t size : {0U, 1U, 3U}) {
        auto message = ack();
        message.options.set(kMask, Bytes(size, 255));
        EXPECT_EQ(lease_of(message).prefix_length, 32) << size;
    }
}

TEST(LeaseTest, OfAMaskThatComesTwiceTheFirstCounts) {
    auto message = ack();
    message.options.append(kMask, Bytes{255, 0, 0, 0});
    EXPECT_EQ(lease_of(message).prefix_length, 24);
    EXPECT_THAT(lease_of(message).remarks,
                ElementsAre("DHCP option 1 (subnet mask) has 8 bytes, not 4: those behind them are ignored"));
}

TEST(LeaseTest, AMissingLeaseTimeIsRefusedUnlessThereIsAFallback) {
    EXPECT_EQ(refusal_of(without_option(ack(), OptionCode::lease_time)), DropReason::no_lease_time);
    for (const std::size_t size : {0U, 3U}) {
        auto message = ack();
        message.options.set(OptionCode::lease_time, Bytes(size, 1));
        EXPECT_EQ(refusal_of(message), DropReason::no_lease_time) << size;
    }
    LeaseRules rules;
    rules.fallback_duration = 600s;
    EXPECT_EQ(lease_of(without_option(ack(), OptionCode::lease_time), rules).duration, 600s);
    EXPECT_EQ(lease_of(ack(), rules).duration, 3600s);
}

TEST(LeaseTest, ALeaseOfNoTimeIsRefused) {
    auto message = ack();
    message.options.set_u32(OptionCode::lease_time, 0);
    EXPECT_EQ(refusal_of(message), DropReason::no_lease_time);
}

TEST(LeaseTest, AnInfiniteLeaseHasNoTimers) {
    auto message = ack();
    message.options.set_u32(OptionCode::lease_time, 0xffffffff);
    message.options.set_u32(OptionCode::renewal_time, 60);
    const auto lease = lease_of(message);
    EXPECT_TRUE(lease.is_infinite());
    EXPECT_EQ(lease.renew_at, kNever);
    EXPECT_EQ(lease.rebind_at, kNever);
    EXPECT_EQ(lease.expires_at, kNever);
}

TEST(LeaseTest, TheLongestFiniteLeasesDoNotOverflow) {
    for (const auto seconds : {0x7fffffffU, 0x80000000U, 0xfffffffeU}) {
        auto message = ack();
        message.options.set_u32(OptionCode::lease_time, seconds);
        const auto lease = lease_of(message);
        EXPECT_FALSE(lease.is_infinite());
        EXPECT_EQ(lease.expires_at, kRequestedAt + std::chrono::seconds(seconds));
        EXPECT_LT(kRequestedAt, lease.renew_at);
        EXPECT_LT(lease.renew_at, lease.rebind_at);
        EXPECT_LT(lease.rebind_at, lease.expires_at);
    }
}

TEST(LeaseTest, TheEndOfALeaseIsKeptHoweverShortItIs) {
    for (const std::uint32_t seconds : {1U, 2U, 10U, 15U, 16U, 29U, 30U, 31U}) {
        auto message = ack();
        message.options.set_u32(OptionCode::lease_time, seconds);
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.duration, std::chrono::seconds(seconds));
        EXPECT_EQ(lease.expires_at, kRequestedAt + std::chrono::seconds(seconds)) << seconds;
        EXPECT_LE(lease.renew_at, lease.rebind_at) << seconds;
        EXPECT_LE(lease.rebind_at, lease.expires_at) << seconds;
    }
}

TEST(LeaseTest, ALeaseOfUpToTheEarliestT1IsTooShortToRenew) {
    for (const std::uint32_t seconds : {1U, 10U, 15U, 16U, 29U, 0xffffffffU}) {
        auto message = ack();
        message.options.set_u32(OptionCode::lease_time, seconds);
        message.options.set_u32(OptionCode::renewal_time, seconds / 3);
        message.options.set_u32(OptionCode::rebinding_time, seconds / 2);
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.is_too_short_to_renew(), seconds <= 15) << seconds;
        if (seconds <= 15) {
            EXPECT_EQ(lease.renew_at, lease.expires_at) << seconds;
            EXPECT_EQ(lease.rebind_at, lease.expires_at) << seconds;
        } else {
            EXPECT_GE(lease.renew_at, kRequestedAt + 15s) << seconds;
        }
    }
}

// An address of a client that is dead must not outlive its lease, as far as whole seconds can say it.
TEST(LeaseTest, TheKernelIsToldOfNoSecondThatIsNotTheLeasesAnyMore) {
    const auto lifetime = [](Duration after) {
        return plan_for(lease_of(ack()), {}, kRequestedAt + after).addresses.front().valid_for;
    };
    EXPECT_EQ(lifetime(0ms), 3600s);
    EXPECT_EQ(lifetime(1ms), 3599s);
    EXPECT_EQ(lifetime(3598s), 2s);
    EXPECT_EQ(lifetime(3598s + 1ms), 1s);
    EXPECT_EQ(lifetime(3599s + 1ms), 1s) << "0 the kernel refuses";
}

TEST(LeaseTest, SaneRenewalTimesAreTaken) {
    auto message = ack();
    message.options.set_u32(OptionCode::renewal_time, 600);
    message.options.set_u32(OptionCode::rebinding_time, 1200);
    const auto lease = lease_of(message);
    EXPECT_EQ(lease.renew_at, kRequestedAt + 600s);
    EXPECT_EQ(lease.rebind_at, kRequestedAt + 1200s);
}

TEST(LeaseTest, NoServerMakesAGuestRenewMoreOftenThanEveryFifteenSeconds) {
    struct Row {
        std::uint32_t lease, t1, t2;
    };
    for (const auto& [duration, t1, t2] : {Row{86'400, 1, 2}, Row{86'400, 1, 75'600}, Row{86'400, 14, 15},
                                           Row{3600, 2, 3}, Row{60, 1, 3}, Row{30, 1, 29}, Row{16, 1, 2}}) {
        auto message = ack();
        message.options.set_u32(OptionCode::lease_time, duration);
        message.options.set_u32(OptionCode::renewal_time, t1);
        message.options.set_u32(OptionCode::rebinding_time, t2);
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.renew_at, kRequestedAt + 15s) << duration << ' ' << t1;
        EXPECT_LT(lease.renew_at, lease.rebind_at) << duration << ' ' << t1;
        EXPECT_LT(lease.rebind_at, lease.expires_at) << duration << ' ' << t1;
        EXPECT_THAT(lease.remarks, IsEmpty());
    }
}

TEST(LeaseTest, RenewalTimesThatMakeNoSenseAreReplaced) {
    struct Row {
        std::uint32_t t1, t2;
    };
    for (const auto& [t1, t2] : {Row{0, 0}, Row{0, 3150}, Row{1800, 1800}, Row{3000, 2000}, Row{1800, 3600},
                                 Row{1800, 4000}, Row{4000, 5000}, Row{0xffffffff, 0xffffffff}}) {
        auto message = ack();
        message.options.set_u32(OptionCode::renewal_time, t1);
        message.options.set_u32(OptionCode::rebinding_time, t2);
        const auto lease = lease_of(message);
        EXPECT_EQ(lease.renew_at, kRequestedAt + 1800s) << t1 << ' ' << t2;
        EXPECT_EQ(lease.rebind_at, kRequestedAt + 3150s) << t1 << ' ' << t2;
    }
}

TEST(LeaseTest, OneRenewalTimeAloneLeavesTheOrderAsItMustBe) {
    for (const auto code : {OptionCode::renewal_time, OptionCode::rebinding_time}) {
        for (const std::uint32_t seconds : {0U, 1U, 1000U, 3200U, 3599U, 3600U, 9999U}) {
            auto message = ack();
            message.options.set_u32(code, seconds);
            const auto lease = lease_of(message);
            EXPECT_LT(kRequestedAt, lease.renew_at) << seconds;
            EXPECT_LT(lease.renew_at, lease.rebind_at) << seconds;
            EXPECT_LT(lease.rebind_at, lease.expires_at) << seconds;
        }
    }
}

TEST(LeaseTest, AMissingServerIdentifierIsTheUnicastSource) {
    const auto message = without_option(ack(), OptionCode::server_identifier);
    EXPECT_EQ(lease_of(message, {}, {10, 0, 2, 9}).server, Ipv4Address(10, 0, 2, 9));
    for (const auto text : {"0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1"}) {
        EXPECT_EQ(refusal_of(message, {}, Ipv4Address::parse(text).value()), DropReason::no_server_identifier) << text;
        auto named = ack();
        named.options.set_address(OptionCode::server_identifier, Ipv4Address::parse(text).value());
        EXPECT_EQ(refusal_of(named, {}, {10, 0, 2, 9}), DropReason::bad_server_identifier) << text;
    }
}

TEST(LeaseTest, AMissingMaskIsSpokenOf) {
    const std::string consequence = ": the address gets /32, and the gateway a route of its own";
    EXPECT_THAT(lease_of(without_option(ack(), kMask)).remarks,
                ElementsAre("DHCP option 1 (subnet mask) is missing" + consequence));
    auto message = ack();
    message.options.set(kMask, Bytes{255, 255, 255});
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 1 (subnet mask) has 3 bytes, not 4: it is ignored",
                                                       "DHCP option 1 (subnet mask) is unusable" + consequence));
}

TEST(LeaseTest, AnMtuBelow576IsIgnored) {
    for (const std::uint16_t mtu : std::vector<std::uint16_t>{0, 1, 68, 500, 575}) {
        auto message = ack();
        message.options.set_u16(OptionCode::interface_mtu, mtu);
        EXPECT_FALSE(lease_of(message).mtu) << mtu;
        EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 26 (MTU) is " + std::to_string(mtu) +
                                                           ", less than the 576 of RFC 791: it is ignored"));
    }
    for (const std::uint16_t mtu : std::vector<std::uint16_t>{576, 1400, 1500, 65535}) {
        auto message = ack();
        message.options.set_u16(OptionCode::interface_mtu, mtu);
        EXPECT_EQ(lease_of(message).mtu, mtu);
    }
}

TEST(LeaseTest, OfAnMtuBelow1280ItIsSaidThatIpv6Ends) {
    auto message = ack();
    message.options.set_u16(OptionCode::interface_mtu, 1279);
    EXPECT_THAT(remarks_on(lease_of(message), {}),
                ElementsAre("DHCP option 26 (MTU) is 1279, less than the 1280 of RFC 8200: there is no IPv6 on that "
                            "link"));
    EXPECT_THAT(remarks_on(lease_of(message), {.mtu = std::uint16_t{1500}}), IsEmpty()) << "it is not used";
    message.options.set_u16(OptionCode::interface_mtu, 1280);
    EXPECT_THAT(remarks_on(lease_of(message), {}), IsEmpty());
}

TEST(LeaseTest, RenewalTimesThatMakeNoSenseAreSpokenOf) {
    auto message = ack();
    message.options.set_u32(OptionCode::renewal_time, 4000);
    const std::string words = " not fit the lease time: T1 and T2 are half and 7/8 of it";
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 58 (T1) does" + words));
    message.options.set_u32(OptionCode::rebinding_time, 4000);
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 58 (T1) or 59 (T2) does" + words));
    message = without_option(message, OptionCode::renewal_time);
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 59 (T2) does" + words));
}

TEST(LeaseTest, AnOrdinaryAckGivesNoReasonForARemark) {
    EXPECT_THAT(lease_of(ack()).remarks, IsEmpty());
}

// Option 15 is one name by its RFC; clouds and routers put a search list there.
TEST(LeaseTest, EachNameOfADomainNameIsSearched) {
    auto message = ack();
    message.options.set_text(OptionCode::domain_name, "test1.com test2.com");
    const auto lease = lease_of(message);
    EXPECT_EQ(lease.domain_name, "test1.com");
    EXPECT_THAT(plan_for(lease, {}, kRequestedAt).search_domains, ElementsAre("test1.com", "test2.com"));
    message.options.set(OptionCode::domain_search, Bytes{1, 'a', 0});
    EXPECT_THAT(plan_for(lease_of(message), {}, kRequestedAt).search_domains, ElementsAre("a"));
}

TEST(LeaseTest, NamesAreTakenOnlyWhenTheyAreNames) {
    auto message = ack();
    message.options.set_text(OptionCode::host_name, "vm-7");
    message.options.set_text(OptionCode::domain_name, "example.org");
    EXPECT_EQ(lease_of(message).host_name, "vm-7");
    EXPECT_EQ(lease_of(message).domain_name, "example.org");
    for (const auto& name :
         {""s, "a b"s, "x\nnameserver 6.6.6.6"s, "$(reboot)"s, "a\0b"s, "\xc3\xa9"s, std::string(64, 'a')}) {
        message.options.set_text(OptionCode::host_name, name);
        message.options.set_text(OptionCode::domain_name, name);
        EXPECT_EQ(lease_of(message).host_name, "") << testing::PrintToString(name);
        EXPECT_EQ(lease_of(message).domain_name, name == "a b" ? "a" : "") << testing::PrintToString(name);
    }
}

// RFC 2132 2: a receiver must be prepared to delete trailing nulls.
TEST(LeaseTest, NulsAfterANameAreDeleted) {
    auto message = ack();
    message.options.set_text(OptionCode::host_name, "vm-7\0"s);
    message.options.set_text(OptionCode::domain_name, "example.org\0\0"s);
    EXPECT_EQ(lease_of(message).host_name, "vm-7");
    EXPECT_EQ(lease_of(message).domain_name, "example.org");
}

TEST(LeaseTest, ServersOfNamesAndTimeAreListedCleanAndCut) {
    auto message = ack();
    message.options.set(OptionCode::name_server, Bytes{0, 0, 0, 0, 10, 0, 2, 3, 127, 0, 0, 53, 8, 8, 8, 8});
    message.options.set(OptionCode::ntp_server, Bytes{10, 0, 2, 4});
    EXPECT_THAT(lease_of(message).name_servers, ElementsAre(Ipv4Address(10, 0, 2, 3), Ipv4Address(8, 8, 8, 8)));
    EXPECT_THAT(lease_of(message).ntp_servers, ElementsAre(Ipv4Address(10, 0, 2, 4)));
    message.options.set(OptionCode::name_server, Bytes(63 * 4, 10));
    EXPECT_LT(lease_of(message).name_servers.size(), 63U);
    message.options.set(OptionCode::name_server, Bytes(7, 10));
    EXPECT_THAT(lease_of(message).name_servers, ElementsAre(Ipv4Address(10, 10, 10, 10)));
}

TEST(LeaseTest, SearchDomainsComeFromOption119) {
    auto message = ack();
    message.options.set(OptionCode::domain_search, Bytes{3, 'e', 'n', 'g', 1, 'a', 0, 3, 'o', 'p', 's', 0xc0, 4});
    EXPECT_THAT(lease_of(message).search_domains, ElementsAre("eng.a", "ops.a"));
}

}  // namespace
}  // namespace nlinit::dhcp
