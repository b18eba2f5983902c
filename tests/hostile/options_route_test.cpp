// SPDX-License-Identifier: Apache-2.0
// Routes of options 121 (RFC 3442) and 33.
#include "hostile/effect_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::Effect;
using test::kDefaultRoute;
using test::kSubnetRoute;
using test::RawAnswer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::SizeIs;
using ::testing::ValuesIn;

test::Spoil classless(Bytes value) {
    return test::with(OptionCode::classless_static_route, std::move(value));
}
test::Spoil classful(Bytes value) {
    return test::with(OptionCode::static_route, std::move(value));
}
const std::string kNet10 = "10.0.0.0/8 via 192.0.2.1 src 192.0.2.50 proto dhcp";

const std::vector<Effect> kClassless{
    {.name = "empty", .make = classless({})},
    {.name = "prefix_33", .make = classless({33, 10, 0, 0, 0, 0, 192, 0, 2, 1})},
    {.name = "prefix_255", .make = classless(Bytes(60, 255))},
    {.name = "prefix_33_behind_a_good_one", .make = classless({8, 10, 192, 0, 2, 1, 33, 10, 0, 0, 0, 0, 192, 0, 2, 1})},
    {.name = "destination_cut_short", .make = classless({24, 10, 9})},
    {.name = "router_cut_short", .make = classless({8, 10, 192, 0, 2})},
    {.name = "second_one_cut_short", .make = classless({8, 10, 192, 0, 2, 1, 16, 10, 9, 192, 0})},
    {.name = "a_byte_behind", .make = classless({8, 10, 192, 0, 2, 1, 8})},
    {.name = "beats_the_router", .make = classless({8, 10, 192, 0, 2, 1}), .routes = {kNet10, kSubnetRoute}},
    {.name = "host_bits_set",
     .make = classless({0, 192, 0, 2, 1, 9, 10, 255, 192, 0, 2, 1}),
     .routes = {"10.128.0.0/9 via 192.0.2.1 src 192.0.2.50 proto dhcp", kSubnetRoute, kDefaultRoute}},
    {.name = "on_link",
     .make = classless({0, 192, 0, 2, 1, 8, 10, 0, 0, 0, 0}),
     .routes = {"10.0.0.0/8 src 192.0.2.50 proto dhcp scope link", kSubnetRoute, kDefaultRoute}},
    {.name = "into_loopback", .make = classless({0, 192, 0,   2, 1, 8, 127, 192, 0, 2, 1, 32, 127, 0,
                                                 0, 1,   192, 0, 2, 1, 24,  127, 9, 9, 0, 0,  0,   0})},
    {.name = "by_routers_of_no_use",
     .make = classless({0, 192, 0, 2, 1, 8, 10, 255, 255, 255, 255, 8, 11, 224, 0, 0, 1, 8, 12, 127, 0, 0, 1})},
    {.name = "the_same_twice",
     .make = classless({0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 1, 8, 10, 192, 0, 2, 9}),
     .routes = {kNet10, kSubnetRoute, kDefaultRoute}},
    {.name = "default_by_a_router_elsewhere",
     .make = classless({0, 198, 51, 100, 1}),
     .routes = {kSubnetRoute, "198.51.100.1 src 192.0.2.50 proto dhcp scope link",
                "default via 198.51.100.1 src 192.0.2.50 proto dhcp"}},
    {.name = "by_way_of_the_client",
     .make = classless({0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 50}),
     .routes = {"10.0.0.0/8 src 192.0.2.50 proto dhcp scope link", kSubnetRoute, kDefaultRoute}},
    {.name = "beats_classful_ones",
     .make =
         [](auto& a) {
             classful({11, 0, 0, 0, 192, 0, 2, 1})(a), classless({8, 10, 192, 0, 2, 1})(a);
         },
     .routes = {kNet10, kSubnetRoute}},
};

const std::vector<Effect> kClassful{
    {.name = "of_0_bytes", .make = classful({})},
    {.name = "of_7_bytes", .make = classful({10, 0, 0, 0, 192, 0, 2})},
    {.name = "of_12_bytes",
     .make = classful({10, 0, 0, 0, 192, 0, 2, 1, 11, 0, 0, 0}),
     .routes = {kNet10, kSubnetRoute, kDefaultRoute}},
    {.name = "destination_0", .make = classful({0, 0, 0, 0, 192, 0, 2, 9})},
    {.name = "destination_in_loopback", .make = classful({127, 0, 0, 0, 192, 0, 2, 1})},
    {.name = "router_0", .make = classful({10, 0, 0, 0, 0, 0, 0, 0})},
    {.name = "good_one_behind_a_bad_one",
     .make = classful({0, 0, 0, 0, 192, 0, 2, 9, 10, 0, 0, 0, 192, 0, 2, 1}),
     .routes = {kNet10, kSubnetRoute, kDefaultRoute}},
};

class RouteOption : public test::EffectTest {};
TEST_P(RouteOption, LeadsWhereItMay) {
    exchange_and_expect();
}
INSTANTIATE_TEST_SUITE_P(Classless, RouteOption, ValuesIn(kClassless), test::kByName);
INSTANTIATE_TEST_SUITE_P(Classful, RouteOption, ValuesIn(kClassful), test::kByName);

class ManyRoutes : public test::EffectFixture {
  protected:
    void exchange_big(const test::Spoil& make) {
        for (const auto& [link, ns] : {std::pair{"eth0", &cable_.client}, std::pair{"srv0", &cable_.server}})
            test::set_mtu(4096, link, *ns);
        exchange(make);
        expect_success();
    }
};

TEST_F(ManyRoutes, Of121AreCutAt64) {
    Bytes routes;
    for (unsigned i = 0; i < 400; ++i)
        routes.insert(routes.end(),
                      {24, 10, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i), 192, 0, 2, 1});
    exchange_big(classless(routes));
    EXPECT_THAT(this->routes(), SizeIs(65)) << "and the subnet's own";
}

TEST_F(ManyRoutes, Of33AreCutAt64) {
    Bytes routes;
    for (unsigned i = 0; i < 400; ++i)
        routes.insert(routes.end(),
                      {10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i + 1), 192, 0, 2, 1});
    exchange_big(classful(routes));
    EXPECT_THAT(this->routes(), AllOf(SizeIs(66), Contains(kDefaultRoute))) << "and the subnet's own, and the router's";
}

TEST_F(ManyRoutes, OfAByteEachAreRead) {
    exchange_big([](RawAnswer& answer) {
        for (unsigned i = 0; i < 700; ++i) answer.add(OptionCode::classless_static_route, {std::uint8_t{33}});
    });
    EXPECT_THAT(this->routes(), ::testing::ElementsAre(kSubnetRoute, kDefaultRoute));
}

}  // namespace
}  // namespace nlinit
