// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/inheritance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <ostream>
#include <utility>

#include "nlinit/dhcp/lease_options.hpp"

namespace nlinit::dhcp {
namespace {

using enum OptionCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Options options_of(std::initializer_list<std::pair<OptionCode, Bytes>> list) {
    Options options;
    for (const auto& [code, value] : list) options.set(code, value);
    return options;
}

const Bytes kUsualMask{255, 255, 255, 0}, kOtherMask{255, 255, 0, 0};
const Bytes kOneRouter{10, 0, 2, 1}, kOtherRouter{10, 0, 2, 9};
const Bytes kClasslessDefault{0, 10, 0, 2, 1};

// What an ACK without anything but this becomes.
Options heir(Options options, const Options& before, bool ms_routes = false) {
    static_cast<void>(inherit(options, before, ms_routes, {}));
    return options;
}

TEST(InheritanceTest, WhatIsLeftOutIsTakenOverAndTold) {
    const auto before = options_of({{subnet_mask, kUsualMask},
                                    {router, kOneRouter},
                                    {name_server, kOneRouter},
                                    {domain_name, {'a'}},
                                    {interface_mtu, {5, 120}},
                                    {ntp_server, kOneRouter},
                                    {captive_portal, {'x'}},
                                    {host_name, {'v'}},
                                    {broadcast_address, {10, 0, 2, 255}},
                                    {domain_search, {1, 'a', 0}}});
    Options options;
    EXPECT_THAT(inherit(options, before, false, {}),
                ElementsAre(subnet_mask, router, name_server, host_name, domain_name, interface_mtu, broadcast_address,
                            ntp_server, captive_portal, domain_search));
    for (const auto& [code, value] : before.all()) EXPECT_THAT(*options.find(code), ::testing::ElementsAreArray(value));
}

TEST(InheritanceTest, WhatIsThereReplaces) {
    auto options = options_of({{subnet_mask, kOtherMask}, {router, kOtherRouter}, {name_server, kOtherRouter}});
    const auto said = options;
    const auto before = options_of({{subnet_mask, kUsualMask}, {router, kOneRouter}, {name_server, kOneRouter}});
    EXPECT_THAT(inherit(options, before, false, {}), IsEmpty());
    EXPECT_EQ(options, said);
}

TEST(InheritanceTest, WhatMakesNoSenseIsLeftOutToo) {
    const auto before = options_of({{subnet_mask, kUsualMask}, {router, kOneRouter}, {name_server, kOneRouter}});
    auto options = options_of({{subnet_mask, {255, 255}}, {router, {}}, {name_server, {0, 0, 0, 0}}});
    EXPECT_THAT(inherit(options, before, false, {}), ElementsAre(subnet_mask, router, name_server));
    EXPECT_EQ(options, before);
}

TEST(InheritanceTest, WhatBelongsToOneMessageIsNever) {
    Options before;
    for (const std::uint8_t code : Bytes{50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 80, 82, 90, 108, 145})
        before.set(OptionCode{code}, Bytes{1, 2, 3, 4});
    std::vector<std::uint8_t> asked_for(254);
    for (std::size_t i = 0; i < asked_for.size(); ++i) asked_for[i] = static_cast<std::uint8_t>(i + 1);
    Options options;
    EXPECT_THAT(inherit(options, before, false, asked_for), IsEmpty());
}

TEST(InheritanceTest, WhatWasAskedForBesideTheUsualIsTakenOverAndNothingElse) {
    const auto before = options_of({{OptionCode{42}, kOneRouter}, {OptionCode{43}, {1}}, {OptionCode{66}, {'x'}}});
    Options options;
    EXPECT_THAT(inherit(options, before, false, std::vector<std::uint8_t>{66}),
                ElementsAre(ntp_server, OptionCode{66}));
    EXPECT_FALSE(options.has(OptionCode{43})) << "else each renewal could add to what is kept";
}

TEST(InheritanceTest, ClasslessRoutesReplaceAllRoutes) {
    const auto before = options_of({{static_route, {10, 0, 0, 0, 10, 0, 2, 1}}, {router, kOneRouter}});
    const auto said = options_of({{classless_static_route, kClasslessDefault}});
    EXPECT_EQ(heir(said, before), said);
}

// Else they would beat it (RFC 3442).
TEST(InheritanceTest, BesideARouterNoOldClasslessRoutesAreKept) {
    const auto before =
        options_of({{classless_static_route, kClasslessDefault}, {static_route, {10, 0, 0, 0, 10, 0, 2, 1}}});
    const auto said = options_of({{router, kOtherRouter}});
    EXPECT_EQ(heir(said, before), said);
}

TEST(InheritanceTest, BesideTheSameRouterTheOtherRoutesAreKept) {
    const Bytes ten{10, 0, 0, 0, 10, 0, 2, 1};
    const auto said = options_of({{router, kOneRouter}});
    const auto with_static = options_of({{router, kOneRouter}, {static_route, ten}});
    EXPECT_EQ(heir(said, with_static), with_static);
    const auto classless = options_of({{router, kOneRouter}, {classless_static_route, kClasslessDefault}});
    EXPECT_EQ(heir(said, classless), classless);
    const auto both =
        options_of({{router, kOneRouter}, {static_route, ten}, {classless_static_route, kClasslessDefault}});
    EXPECT_EQ(heir(said, both), classless) << "which it beats";
    const auto of_microsoft = options_of({{router, kOneRouter}, {ms_classless_static_route, kClasslessDefault}});
    EXPECT_EQ(heir(said, of_microsoft, true), of_microsoft);
}

TEST(InheritanceTest, WhatAnotherRouterTakesAwayIsKnown) {
    const auto before = options_of({{static_route, {10, 0, 0, 0, 10, 0, 2, 1}}, {router, kOneRouter}});
    EXPECT_EQ(given_up_for_router(options_of({{router, kOtherRouter}}), before, false), static_route);
    EXPECT_EQ(given_up_for_router(options_of({{router, kOneRouter}}), before, false), std::nullopt);
    EXPECT_EQ(given_up_for_router(options_of({{router, kOtherRouter}, {classless_static_route, kClasslessDefault}}),
                                  before, false),
              std::nullopt);
    EXPECT_EQ(given_up_for_router({}, before, false), std::nullopt);
    const auto of_microsoft = options_of({{ms_classless_static_route, kClasslessDefault}});
    EXPECT_EQ(given_up_for_router(options_of({{router, kOneRouter}}), of_microsoft, true), ms_classless_static_route);
    EXPECT_EQ(given_up_for_router(options_of({{router, kOneRouter}}), of_microsoft, false), std::nullopt);
}

TEST(InheritanceTest, StaticRoutesAloneAreNoWordAboutTheRouter) {
    const auto said = options_of({{static_route, {10, 0, 0, 0, 10, 0, 2, 1}}});
    EXPECT_TRUE(heir(said, options_of({{router, kOneRouter}})).has(router));
    EXPECT_EQ(heir(said, options_of({{classless_static_route, kClasslessDefault}, {router, kOneRouter}})), said);
}

TEST(InheritanceTest, RoutesThatCannotBeReadAreLeftOutToo) {
    const auto before = options_of({{router, kOneRouter}});
    EXPECT_TRUE(heir(options_of({{classless_static_route, {33}}}), before).has(router));
    const auto classless = options_of({{classless_static_route, kClasslessDefault}});
    EXPECT_EQ(heir(options_of({{classless_static_route, {33}}}), classless), classless);
}

TEST(InheritanceTest, Option249CountsOnlyWhereItIsRead) {
    const auto before = options_of({{router, kOneRouter}});
    const auto said = options_of({{ms_classless_static_route, kClasslessDefault}});
    EXPECT_TRUE(heir(said, before, false).has(router));
    EXPECT_FALSE(heir(said, before, true).has(router));
}

TEST(InheritanceTest, ABroadcastAddressIsKeptWithItsMaskOnly) {
    const auto before = options_of({{subnet_mask, kUsualMask}, {broadcast_address, {10, 0, 2, 255}}});
    EXPECT_TRUE(heir({}, before).has(broadcast_address));
    EXPECT_TRUE(heir(options_of({{subnet_mask, kUsualMask}}), before).has(broadcast_address));
    EXPECT_FALSE(heir(options_of({{subnet_mask, kOtherMask}}), before).has(broadcast_address));
}

TEST(InheritanceTest, ASearchListIsKeptWithItsDomainOnly) {
    const auto before = options_of({{domain_name, {'a'}}, {domain_search, {1, 'a', 0}}});
    EXPECT_TRUE(heir(options_of({{domain_name, {'a'}}}), before).has(domain_search));
    EXPECT_FALSE(heir(options_of({{domain_name, {'b'}}}), before).has(domain_search));
}

}  // namespace
}  // namespace nlinit::dhcp
