// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/plan_applier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/net/route_plan.hpp"
#include "nlinit/netlink/addresses.hpp"
#include "nlinit/netlink/links.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"

namespace nlinit::netlink {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Ipv4Address kReachable(192, 0, 2, 1), kNobody(203, 0, 113, 1);

Route route_to(Prefix destination, Ipv4Address gateway, bool is_advice) {
    Route route;
    route.destination = destination;
    route.gateway = gateway;
    route.is_advice = is_advice;
    return route;
}

const Prefix kTen({10, 0, 0, 0}, 8);

class PlanApplierTest : public ::testing::Test {
  protected:
    PlanApplierTest() {
        test::set_link_up("eth0", cable_.client);
        applier_.update(*find_link(socket_, "eth0"));
    }

    // The subnet's route, and those given.
    static NetworkPlan plan_with(const std::vector<Route>& routes) {
        NetworkPlan plan;
        plan.addresses = {{Ipv4Address(192, 0, 2, 50), 24, Ipv4Address(192, 0, 2, 255), std::nullopt}};
        plan.routes = complete_routes(plan.addresses.front(), {}, 0);
        for (const auto& route : routes) plan.routes.push_back(route);
        return plan;
    }
    static NetworkPlan with_mtu(std::optional<std::uint16_t> mtu, bool is_advice) {
        auto plan = plan_with({});
        plan.mtu = mtu;
        plan.mtu_is_advice = is_advice;
        return plan;
    }
    [[nodiscard]] std::vector<std::string> routes() const { return test::routes_of("eth0", cable_.client); }
    [[nodiscard]] unsigned mtu() const { return test::link_of("eth0", cable_.client)->mtu; }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    Socket socket_ = *Socket::open();
    unsigned changes_ = 0;
    PlanApplier applier_{
        loop_, socket_, *find_link(socket_, "eth0"), RouteOrigin::dhcp, {Family::kIpv4}, [this] { ++changes_; }};
};

TEST_F(PlanApplierTest, ARouteThatIsAdviceIsLeftOutWhereItIsRefused) {
    applier_.apply(plan_with({route_to({}, kReachable, false), route_to(kTen, kNobody, true)}));
    EXPECT_THAT(applier_.failures(), IsEmpty());
    ASSERT_THAT(applier_.left_out(), SizeIs(1));
    EXPECT_THAT(to_string(applier_.left_out().front().error), HasSubstr("add route 10.0.0.0/8 via 203.0.113.1"));
    EXPECT_TRUE(applier_.first_applied_at());
    EXPECT_THAT(applier_.plan().routes, SizeIs(2)) << "as it is, and not as it was asked for";
    EXPECT_EQ(changes_, 1U);
}

TEST_F(PlanApplierTest, ARouteOfOnesOwnIsNotLeftOut) {
    applier_.apply(plan_with({route_to(kTen, kNobody, false)}));
    EXPECT_THAT(applier_.failures(), SizeIs(1));
    EXPECT_THAT(applier_.left_out(), IsEmpty());
    EXPECT_FALSE(applier_.first_applied_at());
}

TEST_F(PlanApplierTest, WhatIsRefusedAgainAndAgainIsCountedAndNobodyIsToldAgain) {
    applier_.apply(plan_with({route_to(kTen, kNobody, true)}));
    const auto error = applier_.left_out().front().error;
    ASSERT_TRUE(test::run_until(loop_, [&] { return applier_.refusals_of(error) == 3; }));
    EXPECT_EQ(changes_, 1U);
    applier_.apply(plan_with({route_to(kTen, kNobody, true)}));
    EXPECT_EQ(applier_.refusals_of(error), 4U) << "over renewals too";
}

TEST_F(PlanApplierTest, WhatWasLeftOutIsThereAsSoonAsTheKernelTakesIt) {
    applier_.apply(plan_with({route_to(kTen, kNobody, true)}));
    ASSERT_THAT(applier_.left_out(), SizeIs(1));
    test::add_address("203.0.113.2/24", "eth0", cable_.client);
    ASSERT_TRUE(test::run_until(loop_, [&] { return applier_.left_out().empty(); }));
    EXPECT_THAT(routes(), Contains(HasSubstr("10.0.0.0/8 via 203.0.113.1")));
    EXPECT_EQ(changes_, 2U);
}

// The kernel leaves what a refused RTM_NEWROUTE was to replace.
TEST_F(PlanApplierTest, WhereASuccessorIsLeftOutTheRouteBeforeItGoes) {
    applier_.apply(plan_with({route_to(kTen, kReachable, true)}));
    ASSERT_THAT(routes(), Contains(HasSubstr("10.0.0.0/8 via 192.0.2.1")));
    applier_.apply(plan_with({route_to(kTen, kNobody, true)}));
    EXPECT_THAT(routes(), Not(Contains(HasSubstr("10.0.0.0/8"))));
}

TEST_F(PlanApplierTest, ALifetimeHasRunDownWhenTheLinkComesUpAgainAndItsRoutesAreBack) {
    using namespace std::chrono_literals;
    auto plan = plan_with({route_to({}, kReachable, false)});
    plan.addresses.front().valid_for = 100s;
    applier_.apply(plan);
    const auto before = routes();
    ASSERT_THAT(before, SizeIs(2));
    test::set_link_down("eth0", cable_.client);
    applier_.update(*find_link(socket_, "eth0"));
    EXPECT_THAT(routes(), IsEmpty());
    test::set_link_up("eth0", cable_.client);
    applier_.update(*find_link(socket_, "eth0"));
    EXPECT_EQ(routes(), before);
    const auto addresses = list_addresses(socket_, find_link(socket_, "eth0")->index, Family::kIpv4);
    ASSERT_THAT(*addresses, SizeIs(1));
    EXPECT_LE(addresses->front().valid_for, 99s) << "the kernel would count a second that is over";
}

// A server that thinks of another route each time fills neither memory nor log.
TEST_F(PlanApplierTest, NoMoreThanSixtyFourRefusalsAreRemembered) {
    std::vector<Route> refused;
    for (std::uint8_t i = 0; i < 65; ++i) refused.push_back(route_to({{10, i, 0, 0}, 16}, kNobody, true));
    applier_.apply(plan_with(refused));
    ASSERT_THAT(applier_.left_out(), SizeIs(65));
    EXPECT_EQ(applier_.refusals_of(applier_.left_out()[63].error), 1U);
    EXPECT_EQ(applier_.refusals_of(applier_.left_out()[64].error), 0U);
}

// The same in what is refused as a whole: no list grows with the number of plans, and nothing of them stays.
TEST_F(PlanApplierTest, PlansThatFailOneAfterTheOtherLeaveNothingAndCostNoMoreEachTime) {
    const auto plan = [](std::uint8_t number) {
        std::vector<Route> routes{route_to({}, Ipv4Address(192, 0, 2, 255), false)};
        for (std::uint8_t i = 0; i < 60; ++i) routes.push_back(route_to({{10, number, i, 0}, 24}, kReachable, true));
        return plan_with(routes);
    };
    for (std::uint8_t number = 0; number < 200; ++number) {
        applier_.apply(plan(number));
        ASSERT_THAT(applier_.failures(), SizeIs(1)) << unsigned{number};
        ASSERT_THAT(routes(), SizeIs(61)) << unsigned{number};
    }
    applier_.apply(plan_with({route_to({}, kReachable, false)}));
    EXPECT_THAT(applier_.failures(), IsEmpty());
    EXPECT_THAT(routes(), SizeIs(2));
}

TEST_F(PlanApplierTest, AnMtuOfALeaseIsTakenBackWhenItsSuccessorHasNone) {
    applier_.apply(with_mtu(1400, true));
    ASSERT_EQ(mtu(), 1400U);
    applier_.apply(with_mtu(1300, true));
    ASSERT_EQ(mtu(), 1300U);
    applier_.apply(with_mtu({}, false));
    EXPECT_EQ(mtu(), 1500U) << "which it had before the first of them";
    applier_.apply(with_mtu(1400, true));
    applier_.apply({});
    EXPECT_EQ(mtu(), 1500U) << "and when it ends";
}

TEST_F(PlanApplierTest, AnMtuThatIsConfiguredStaysBetweenTwoLeases) {
    applier_.apply(with_mtu(1400, false));
    applier_.apply({});
    EXPECT_EQ(mtu(), 1400U);
    applier_.apply(with_mtu({}, false));
    EXPECT_EQ(mtu(), 1500U) << "until it is configured no more";
}

TEST_F(PlanApplierTest, AnMtuThatSomebodyHasChangedSinceIsTheirs) {
    applier_.apply(with_mtu(1400, true));
    ASSERT_TRUE(test::is_ok(socket_.transact(make_set_mtu(find_link(socket_, "eth0")->index, 1450))));
    applier_.update(*find_link(socket_, "eth0"));
    applier_.apply({});
    EXPECT_EQ(mtu(), 1450U);
}

// A link that was down gets its addresses back some time after the plan was made.
TEST_F(PlanApplierTest, BothLifetimesOfAnAddressHaveRunDownWhenItIsSetAgain) {
    const auto address = *Ipv6Address::parse("2001:db8::50");
    PlanApplier applier(loop_, socket_, *find_link(socket_, "eth0"), RouteOrigin::dhcp, {}, [] {});
    NetworkPlan plan;
    plan.addresses = {{.local = address,
                       .prefix_length = 128,
                       .valid_for = std::chrono::seconds(600),
                       .preferred_for = std::chrono::seconds(600)}};
    applier.apply(plan);
    test::set_link_down("eth0", cable_.client);
    applier.update(*find_link(socket_, "eth0"));
    test::set_link_up("eth0", cable_.client);
    applier.update(*find_link(socket_, "eth0"));
    EXPECT_THAT(applier.failures(), IsEmpty());
    EXPECT_THAT(test::lifetime_of("2001:db8::50/128", "eth0", cable_.client), ::testing::Optional(::testing::Lt(600U)));
}

}  // namespace
}  // namespace nlinit::netlink
