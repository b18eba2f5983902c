// SPDX-License-Identifier: Apache-2.0
// The other configuration alone: INFORMATION-REQUEST.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::address_of;
using test::Dhcp6Harness;
using test::stateless_config;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Message information(const Dhcp6Harness& guest) {
    auto message = guest.reply();
    message.ia_na.clear();
    message.name_servers = {address_of("2001:db8::53")};
    message.search_domains = {"lan"};
    return message;
}

Dhcp6Harness informed(std::optional<std::uint32_t> refresh_time) {
    Dhcp6Harness guest(stateless_config());
    guest.link_up();
    auto message = information(guest);
    message.information_refresh_time = refresh_time;
    guest.receive(message);
    EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST", "configured 2001:db8::53 lan"));
    EXPECT_EQ(guest.state(), State::informed);
    return guest;
}

TEST(Dhcp6StatelessTest, ItAsksForWhatItNeedsAndForNoAddress) {
    Dhcp6Harness guest(stateless_config());
    guest.link_up();
    const auto& sent = guest.last_sent();
    EXPECT_THAT(sent.ia_na, IsEmpty());
    EXPECT_TRUE(sent.server.empty());
    for (const auto code : {OptionCode::name_servers, OptionCode::domain_list, OptionCode::information_refresh_time,
                            OptionCode::inf_max_rt})
        EXPECT_THAT(sent.requested, Contains(code));
}

// RFC 8415 21.23: what holds for which time, and up to a second of delay (18.2.6).
TEST(Dhcp6StatelessTest, ItAsksAgainWhenTheConfigurationIsOld) {
    const std::pair<std::optional<std::uint32_t>, Duration> times[] = {
        {std::nullopt, 86400s}, {3600, 3600s}, {599, 600s}, {0, 600s}, {600, 600s}};
    for (const auto& [said, expected] : times) {
        auto guest = informed(said);
        EXPECT_GE(guest.deadline(), guest.now() + expected);
        EXPECT_LT(guest.deadline(), guest.now() + expected + 1s);
        guest.advance_to_deadline();
        EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST"));
    }
}

// What is not said has not changed.
TEST(Dhcp6StatelessTest, ARefreshKeepsWhatItsAnswerDoesNotMention) {
    auto guest = informed(600);
    guest.advance_to_deadline();
    auto message = information(guest);
    message.name_servers.clear();
    message.search_domains = {"wan"};
    guest.receive(message);
    EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST", "configured 2001:db8::53 wan"));
}

TEST(Dhcp6StatelessTest, OfTheLinkBeforeNothingIsKept) {
    auto guest = informed(600);
    guest.link_down();
    guest.link_up();
    auto message = information(guest);
    message.search_domains.clear();
    message.name_servers = {address_of("2001:db8::54")};
    guest.receive(message);
    EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST", "configured 2001:db8::54"));
}

TEST(Dhcp6StatelessTest, AnInfiniteTimeIsNotRefreshed) {
    auto guest = informed(kInfinity);
    EXPECT_FALSE(guest.client().deadline());
}

TEST(Dhcp6StatelessTest, ItIsRepeatedUntilSomebodyAnswersWithinTheServersLimit) {
    auto guest = informed(600);
    guest.advance_to_deadline();
    auto limit = information(guest);
    limit.inf_max_rt = 60;
    limit.status = {StatusCode::unspec_fail, ""};
    guest.expect_drop(limit, DropReason::unspecified_failure);
    for (int i = 0; i < 20; ++i) guest.advance_to_deadline();
    EXPECT_LE(guest.deadline() - guest.now(), 66s);
    EXPECT_GE(guest.deadline() - guest.now(), 54s);
}

TEST(Dhcp6StatelessTest, OnAnotherLinkItAsksAnew) {
    auto guest = informed(3600);
    guest.link_down();
    EXPECT_FALSE(guest.client().deadline());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST"));
}

TEST(Dhcp6StatelessTest, AtTheEndTheConfigurationIsEmpty) {
    auto guest = informed(3600);
    guest.stop();
    EXPECT_THAT(guest.take(), ElementsAre("configured"));
    EXPECT_EQ(guest.state(), State::stopped);
}

TEST(Dhcp6StatelessTest, OnDemandItAsksAtOnce) {
    auto guest = informed(3600);
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre("INFORMATION-REQUEST"));
}

}  // namespace
}  // namespace nlinit::dhcp6
