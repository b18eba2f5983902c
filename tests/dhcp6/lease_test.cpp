// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::address_of;
using test::addresses_in;
using test::server_duid;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr TimePoint kAsked{100s};
constexpr std::uint32_t kIaid = 7;

Message granting(std::vector<IaAddress> addresses, std::uint32_t t1 = 0, std::uint32_t t2 = 0) {
    Message message;
    message.type = MessageType::reply;
    message.server = server_duid();
    message.ia_na = {{kIaid, t1, t2, std::move(addresses), {}}};
    return message;
}

IaAddress grant(std::string_view address, std::uint32_t preferred, std::uint32_t valid) {
    return {address_of(address), preferred, valid, StatusCode::success};
}

Lease lease_in(const Message& message, const Lease* before = nullptr) {
    const auto result = lease_from(message, kIaid, kAsked, before);
    const auto* reason = std::get_if<DropReason>(&result);
    EXPECT_EQ(reason, nullptr) << name_of(*reason);
    return reason == nullptr ? std::get<Lease>(result) : Lease{};
}

TEST(Dhcp6LeaseTest, TimesAreInstantsFromTheRequestOn) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 300, 400)}, 100, 200));
    EXPECT_EQ(lease.server, server_duid());
    EXPECT_EQ(lease.renew_at, kAsked + 100s);
    EXPECT_EQ(lease.rebind_at, kAsked + 200s);
    EXPECT_THAT(lease.addresses, ElementsAre(LeasedAddress{address_of("2001:db8::1"), kAsked + 300s, kAsked + 400s}));
}

TEST(Dhcp6LeaseTest, InfiniteLifetimesHaveNoEnd) {
    const auto lease = lease_in(granting({grant("2001:db8::1", kInfinity, kInfinity)}));
    EXPECT_EQ(lease.renew_at, kNever);
    EXPECT_EQ(lease.rebind_at, kNever);
    EXPECT_EQ(lease.first_end(), kNever);
    EXPECT_FALSE(lease.is_too_short_to_renew());
}

TEST(Dhcp6LeaseTest, TheShortestPreferredLifetimeSaysWhenToRenew) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 1000, 4000), grant("2001:db8::2", 600, 900)}));
    EXPECT_EQ(lease.renew_at, kAsked + 300s);
    EXPECT_EQ(lease.rebind_at, kAsked + 480s);
    EXPECT_EQ(lease.first_end(), kAsked + 900s);
    EXPECT_EQ(lease.last_end(), kAsked + 4000s);
}

TEST(Dhcp6LeaseTest, AnAddressThatIsAboutToGoHastensNoRenewal) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 0, 60), grant("2001:db8::2", 1000, 4000)}));
    EXPECT_EQ(lease.renew_at, kAsked + 500s);
    EXPECT_THAT(lease.addresses, SizeIs(2));
}

TEST(Dhcp6LeaseTest, OneThatEndsBeforeTheEarliestRenewalIsTooShortForOne) {
    EXPECT_TRUE(lease_in(granting({grant("2001:db8::1", 10, 15)})).is_too_short_to_renew());
    EXPECT_FALSE(lease_in(granting({grant("2001:db8::1", 10, 16)})).is_too_short_to_renew());
}

TEST(Dhcp6LeaseTest, WhatTheAnswerDoesNotSpeakOfStays) {
    auto first = granting({grant("2001:db8::1", 1000, 2000), grant("2001:db8::2", 1000, 2000)});
    first.name_servers = {address_of("2001:db8::53")};
    const auto before = lease_in(first);
    const auto lease = lease_in(granting({grant("2001:db8::2", 3000, 4000)}), &before);
    EXPECT_EQ(addresses_in(lease.addresses), " 2001:db8::2 2001:db8::1");
    EXPECT_EQ(lease.addresses[0].valid_until, kAsked + 4000s);
    EXPECT_EQ(lease.addresses[1].valid_until, kAsked + 2000s);
    EXPECT_THAT(lease.configuration.name_servers, ElementsAre(address_of("2001:db8::53")));
}

TEST(Dhcp6LeaseTest, WhatTheAnswerSetsToZeroGoes) {
    const auto before = lease_in(granting({grant("2001:db8::1", 1000, 2000), grant("2001:db8::2", 1000, 2000)}));
    const auto rest = lease_in(granting({grant("2001:db8::2", 0, 0)}), &before);
    EXPECT_EQ(addresses_in(rest.addresses), " 2001:db8::1");
    EXPECT_EQ(rest.renew_at, kAsked + kShortestT1) << "it has not been renewed";
    EXPECT_LE(rest.renew_at, rest.rebind_at);
    EXPECT_THAT(lease_in(granting({grant("2001:db8::2", 0, 0), grant("2001:db8::1", 0, 0)}), &before).addresses,
                SizeIs(0));
}

TEST(Dhcp6LeaseTest, AGrantOfASecondBesideALongOneIsNoReasonToRenewEachSecond) {
    const auto before = lease_in(granting({grant("2001:db8::1", 1000, 2000)}));
    const auto lease = lease_in(granting({grant("2001:db8::2", 1, 1)}), &before);
    EXPECT_EQ(lease.renew_at, kAsked + kShortestT1);
    EXPECT_FALSE(lease.is_too_short_to_renew());
}

TEST(Dhcp6LeaseTest, AStatusOfTheMessageComesBeforeThatOfTheIa) {
    auto message = granting({});
    EXPECT_EQ(failure_in(message, kIaid), nullptr);
    message.ia_na.front().status.code = StatusCode::no_binding;
    ASSERT_NE(failure_in(message, kIaid), nullptr);
    EXPECT_EQ(failure_in(message, kIaid)->code, StatusCode::no_binding);
    EXPECT_EQ(failure_in(message, kIaid + 1), nullptr) << "that of another IA is not ours";
    message.status.code = StatusCode::use_multicast;
    EXPECT_EQ(failure_in(message, kIaid)->code, StatusCode::use_multicast);
}

InterfaceAddress planned(std::string_view address) {
    return {.local = address_of(address), .prefix_length = 128, .optimistic = true};
}

TEST(Dhcp6LeaseTest, APlanHasEachAddressByItselfWithWhatIsLeftOfItsTime) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 300, 400), grant("2001:db8::2", 0, kInfinity - 1)}));
    const auto plan = plan_for(lease, {}, kAsked + 1500ms);
    auto first = planned("2001:db8::1"), second = planned("2001:db8::2");
    first.preferred_for = 298s;
    first.valid_for = 398s;
    second.preferred_for = 0s;
    second.valid_for = std::chrono::seconds(kInfinity - 3);
    EXPECT_THAT(plan.addresses, ElementsAre(first, second));
    EXPECT_TRUE(plan.routes.empty());
}

TEST(Dhcp6LeaseTest, APlanHasNoLifetimeOfNothing) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 3, 3)}));
    const auto plan = plan_for(lease, {}, kAsked + 2900ms);
    EXPECT_EQ(plan.addresses.at(0).valid_for, 1s);
    EXPECT_EQ(plan.addresses.at(0).preferred_for, 0s);
}

TEST(Dhcp6LeaseTest, WhatHasNoEndHasNoLifetimeInAPlan) {
    const auto lease = lease_in(granting({grant("2001:db8::1", kInfinity, kInfinity)}));
    EXPECT_THAT(plan_for(lease, {}, kAsked).addresses, ElementsAre(planned("2001:db8::1")));
    const auto short_lease = lease_in(granting({grant("2001:db8::1", 300, 400)}));
    EXPECT_THAT(plan_for(short_lease, {.zone = "eth0", .forever = true}, kAsked).addresses,
                ElementsAre(planned("2001:db8::1")));
}

// RFC 8415 21.6: it is valid for good, and not for new connections after a while.
TEST(Dhcp6LeaseTest, AnAddressWithoutAnEndMayBePreferredForAWhile) {
    const auto lease = lease_in(granting({grant("2001:db8::1", 600, kInfinity)}));
    EXPECT_EQ(lease.renew_at, kAsked + 300s);
    EXPECT_EQ(lease.rebind_at, kAsked + 480s);
    EXPECT_EQ(lease.first_end(), kNever);
    auto address = planned("2001:db8::1");
    address.preferred_for = 500s;
    EXPECT_THAT(plan_for(lease, {}, kAsked + 100s).addresses, ElementsAre(address));
}

TEST(Dhcp6LeaseTest, NameServersOfTheLinkHaveItsZoneInAPlan) {
    const Configuration configuration{{address_of("fe80::53"), address_of("2001:db8::53")}, {"example.org"}};
    const auto plan = plan_for(configuration, {.zone = "eth0"});
    EXPECT_THAT(plan.name_servers, ElementsAre(NameServer(address_of("fe80::53"), "eth0"),
                                               NameServer(IpAddress(address_of("2001:db8::53")))));
    EXPECT_THAT(plan.search_domains, ElementsAre("example.org"));
    EXPECT_TRUE(plan.addresses.empty());
}

}  // namespace
}  // namespace nlinit::dhcp6
