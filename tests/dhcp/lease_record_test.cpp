// SPDX-License-Identifier: Apache-2.0
// What the next boot makes of a lease: whose it is, how old it is, and whether its record is to be believed.
#include "nlinit/dhcp/lease_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "dhcp/lease_records.hpp"
#include "support/client_harness.hpp"
#include "support/result.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ack;
using test::first_boot;
using test::is_ok;
using test::kHolder;
using test::kNow;
using test::kRequestedAt;
using test::record_of_ack;
using test::sentence;
using ::testing::HasSubstr;

constexpr std::int64_t kUnset = 3;  // the wall clock of a machine without an RTC, soon after its start

// The boot after, three seconds after its start.
Clocks next_boot(std::int64_t unix_seconds) {
    return {"0f0e0d0c-0b0a-0908-0706-050403020100", TimePoint(3s), unix_seconds};
}

Message infinite_ack() {
    auto message = ack();
    message.options.set_u32(OptionCode::lease_time, 0xffffffff);
    return message;
}

std::string complaint(const std::string& record, const Clocks& now = first_boot(),
                      const LeaseHolder& holder = kHolder) {
    return sentence(lease_in(record, holder, now, {}));
}

Lease restored(const std::string& record, const Clocks& now, const LeaseRules& rules = {}) {
    auto lease = lease_in(record, kHolder, now, rules);
    if (!lease.ok()) {
        ADD_FAILURE() << lease.error().what;
        return {};
    }
    return *std::move(lease);
}

// Everything but the instants is as it was granted.
Lease at_other_times(Lease granted, const Lease& times) {
    granted.acquired_at = times.acquired_at;
    granted.renew_at = times.renew_at;
    granted.rebind_at = times.rebind_at;
    granted.expires_at = times.expires_at;
    return granted;
}

TEST(LeaseRecordTest, InTheSameBootTheLeaseIsAsItWas) {
    auto message = ack();
    message.options.set(OptionCode::classless_static_route, Bytes{8, 10, 10, 0, 2, 1, 0, 10, 0, 2, 1});
    message.options.set_address(OptionCode::name_server, {10, 0, 2, 3});
    message.options.set_text(OptionCode::domain_name, "example.org");
    message.options.set_u16(OptionCode::interface_mtu, 1400);
    message.options.set_u32(OptionCode::renewal_time, 100);
    message.options.set_u32(OptionCode::rebinding_time, 200);
    EXPECT_EQ(restored(record_of_ack(message), first_boot()), test::lease_of(message));
}

TEST(LeaseRecordTest, InTheSameBootTheWallClockDoesNotMatter) {
    for (const auto wall : {std::int64_t{0}, kUnset, kNow - 1'000'000, kNow + 1'000'000}) {
        auto now = first_boot();
        now.boottime = kRequestedAt + 1h - 1ns;
        now.unix_seconds = wall;
        EXPECT_EQ(restored(record_of_ack(), now), test::lease_of(ack()));
        now.boottime = kRequestedAt + 1h;
        EXPECT_EQ(complaint(record_of_ack(), now), "the lease ended 0 s ago");
        now.boottime += 90s;
        EXPECT_EQ(complaint(record_of_ack(), now), "the lease ended 90 s ago");
    }
}

TEST(LeaseRecordTest, InAnotherBootTheWallClockTellsHowOldItIs) {
    const auto lease = restored(record_of_ack(), next_boot(kNow + 1000));
    EXPECT_EQ(lease.acquired_at, TimePoint(3s - 1000s)) << "before this boot";
    EXPECT_EQ(lease.renew_at, TimePoint(3s + 800s));
    EXPECT_EQ(lease.rebind_at, TimePoint(3s + 2150s));
    EXPECT_EQ(lease.expires_at, TimePoint(3s + 2600s));
    EXPECT_EQ(lease, at_other_times(test::lease_of(ack()), lease));
}

TEST(LeaseRecordTest, InAnotherBootItEndsByTheWallClock) {
    EXPECT_EQ(restored(record_of_ack(), next_boot(kNow + 3599)).expires_at, TimePoint(4s));
    EXPECT_EQ(complaint(record_of_ack(), next_boot(kNow + 3600)), "the lease ended 0 s ago");
    EXPECT_EQ(complaint(record_of_ack(), next_boot(kNow + 86'400)), "the lease ended 82800 s ago");
    EXPECT_EQ(complaint(record_of_ack(), next_boot(std::numeric_limits<std::int64_t>::max())),
              "the lease ended 4294963695 s ago");
}

TEST(LeaseRecordTest, WhereNoClockTellsTheLeaseCountsAsNew) {
    const auto of_unset_clock = [] {
        auto now = first_boot();
        now.unix_seconds = kUnset;
        return record_of(test::lease_of(ack()), kHolder, now);
    };
    const std::pair<std::string, Clocks> cases[] = {
        {record_of_ack(), next_boot(kUnset)},
        {record_of_ack(), next_boot(kNow - 1)},  // set back
        {record_of_ack(), next_boot(std::numeric_limits<std::int64_t>::min())},
        {of_unset_clock(), next_boot(kUnset + 5000)},  // over by a clock that counts from nowhere
        {of_unset_clock(), next_boot(kNow)},           // 56 years over, but not really
    };
    for (const auto& [record, now] : cases) {
        const auto lease = restored(record, now);
        EXPECT_EQ(lease.acquired_at, TimePoint(3s));
        EXPECT_EQ(lease.expires_at, TimePoint(3s + 1h));
        EXPECT_EQ(lease, at_other_times(test::lease_of(ack()), lease));
    }
}

TEST(LeaseRecordTest, WithoutABootIdEveryBootIsAnother) {
    auto now = first_boot();
    now.boot_id.clear();
    const auto record = record_of(test::lease_of(ack()), kHolder, now);
    now.unix_seconds = kNow + 3600;
    EXPECT_EQ(complaint(record, now), "the lease ended 0 s ago");
}

// A machine restored from a snapshot has the boot id of then, and a disk on which the file is from later.
TEST(LeaseRecordTest, ALeaseOfThisBootsFutureIsToldByTheWallClock) {
    auto now = first_boot();
    now.boottime = kRequestedAt - 1ns;
    now.unix_seconds = kNow + 600;
    EXPECT_EQ(restored(record_of_ack(), now).expires_at, now.boottime + 50min);
    now.unix_seconds = kNow + 3600;
    EXPECT_EQ(complaint(record_of_ack(), now), "the lease ended 0 s ago");
}

TEST(LeaseRecordTest, AnInfiniteLeaseIsNeverOver) {
    const auto record = record_of_ack(infinite_ack());
    auto same_boot = first_boot();
    same_boot.boottime += 24h * 365 * 100;
    for (const auto& now :
         {same_boot, next_boot(kNow), next_boot(kNow + 3'000'000'000), next_boot(kUnset), next_boot(0),
          next_boot(std::numeric_limits<std::int64_t>::max()), next_boot(std::numeric_limits<std::int64_t>::min())}) {
        const auto lease = restored(record, now);
        EXPECT_TRUE(lease.is_infinite());
        EXPECT_EQ(lease.expires_at, kNever);
        EXPECT_LE(lease.acquired_at, now.boottime);
    }
}

TEST(LeaseRecordTest, TheNextBootAsksForItFirstAndCountsFromItsOwnRequest) {
    for (const auto wall : {kNow + 1000, kUnset}) {
        auto config = test::guest_config();
        config.previous_lease = restored(record_of_ack(), next_boot(wall));
        test::ClientHarness guest(config);
        guest.link_up();
        const auto requested_at = guest.now();
        EXPECT_THAT(guest.take(), testing::ElementsAre("broadcast REQUEST requested=10.0.2.15"));
        guest.receive(guest.ack());
        EXPECT_THAT(guest.take(), testing::ElementsAre("bind 10.0.2.15/24"));
        EXPECT_EQ(guest.lease().acquired_at, requested_at);
    }
}

TEST(LeaseRecordTest, TheLeaseBeganWhenItWasAskedForAndNotWhenItWasWritten) {
    auto now = first_boot();
    now.boottime = kRequestedAt + 10s + 1ns;
    const auto written = [&] { return record_of(test::lease_of(ack()), kHolder, now); };
    EXPECT_THAT(written(), HasSubstr("\nacquired " + std::to_string(kNow - 1) + '\n')) << "rather older than younger";
    now.unix_seconds = 5;
    EXPECT_THAT(written(), HasSubstr("\nacquired 0\n")) << "1970 is where the clock begins";
}

// Restored from the boot before and written again, unverified: it is as old as before.
TEST(LeaseRecordTest, ARecordOfARestoredLeaseIsNoYounger) {
    const auto now = next_boot(kNow + 1000);
    const auto again = record_of(restored(record_of_ack(), now), kHolder, now);
    EXPECT_THAT(again, HasSubstr("\nacquired " + std::to_string(kNow) + '\n'));
    EXPECT_EQ(restored(again, now), restored(record_of_ack(), now));
}

TEST(LeaseRecordTest, TheLeaseOfAnotherMacAddressIsRefused) {
    auto other = kHolder;
    other.mac = MacAddress({0x52, 0x54, 0x00, 0x00, 0x00, 0x01});
    EXPECT_EQ(complaint(record_of_ack(), first_boot(), other),
              "it is the lease of 52:54:00:12:34:56, not of 52:54:00:00:00:01");
}

TEST(LeaseRecordTest, TheLeaseOfAnotherClientIdentifierIsRefused) {
    auto other = kHolder;
    other.client_identifier.push_back(0);
    EXPECT_EQ(complaint(record_of_ack(), first_boot(), other),
              "it is the lease of another client identifier than the link's");
}

TEST(LeaseRecordTest, WhatContradictsItsOptionsIsNotBelieved) {
    EXPECT_EQ(complaint(test::with("10.0.2.15/24", "10.0.2.15/25")),
              "its address and its option 1 contradict each other");
    EXPECT_EQ(complaint(test::with("duration 3600", "duration 7200")),
              "its duration and its option 51 contradict each other");
    EXPECT_EQ(complaint(test::with("server 10.0.2.2", "server 10.0.2.3")),
              "its server and its option 54 contradict each other");
}

TEST(LeaseRecordTest, AnAddressThatNoHostCanHaveIsRefusedAsInAnAck) {
    const std::string refused = "its lease would be one of those granting ";
    for (const std::string address : {"0.0.0.0", "127.0.0.1", "255.255.255.255"})
        EXPECT_EQ(complaint(test::with("10.0.2.15/", address + '/')), refused + "an address that no host can have");
    EXPECT_EQ(complaint(test::with("10.0.2.15/", "10.0.2.255/")),
              refused + "the network or broadcast address of their own subnet mask");
    EXPECT_EQ(complaint(test::with("10.0.2.15/", "10.0.2.2/")), refused + "the address of the server itself");
}

TEST(LeaseRecordTest, OptionsThatAnAckMayNotHaveAreRefusedAsInAnAck) {
    EXPECT_EQ(complaint(test::with("option 1 ffffff00", "option 1 ff00ff00")),
              "its lease would be one of those with a subnet mask that has holes or is zero");
}

TEST(LeaseRecordTest, WhatTheServerLeftOutIsKeptAsItWasMadeUp) {
    auto message = ack();
    message.options = {};
    const auto granted = test::lease_of(message, {.fallback_duration = 600s, .ms_routes = false});
    const auto record = record_of(granted, kHolder, first_boot());
    EXPECT_EQ(restored(record, first_boot()), granted);
    EXPECT_EQ(restored(record, first_boot(), {.fallback_duration = 60s, .ms_routes = false}), granted);
}

TEST(LeaseRecordTest, RoutesFollowTheRulesOfThisBoot) {
    auto message = ack();
    message.options.set(OptionCode::ms_classless_static_route, Bytes{8, 10, 10, 0, 2, 1});
    const auto record = record_of_ack(message);
    const LeaseRules rules{.fallback_duration = {}, .ms_routes = true};
    EXPECT_EQ(restored(record, first_boot()).routes, test::lease_of(message).routes);
    EXPECT_EQ(restored(record, first_boot(), rules).routes, test::lease_of(message, rules).routes);
    EXPECT_NE(test::lease_of(message).routes, test::lease_of(message, rules).routes);
}

}  // namespace
}  // namespace nlinit::dhcp
