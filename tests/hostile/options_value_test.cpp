// SPDX-License-Identifier: Apache-2.0
// Options whose value is of no use: ignored, cut or corrected, and the packet stays.
#include "hostile/effect_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::bytes_of;
using test::Effect;
using test::kSubnetRoute;
using test::with;
using ::testing::ValuesIn;

const std::vector<std::string> kNoDefault{kSubnetRoute};
const std::vector<std::string> kHostRoutes{"192.0.2.1 src 192.0.2.50 proto dhcp scope link", test::kDefaultRoute};

Bytes addresses(std::uint8_t first, std::uint8_t count) {
    Bytes list;
    for (std::uint8_t i = 0; i < count; ++i) list.insert(list.end(), {192, 0, 2, static_cast<std::uint8_t>(first + i)});
    return list;
}

std::string name_servers(int first, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "nameserver 192.0.2." + std::to_string(first + i) + '\n';
    return text;
}

const Bytes kNoHostsThenOne{0, 0, 0, 0, 255, 255, 255, 255, 224, 0, 0, 1, 127, 0, 0, 1, 192, 0, 2, 1};

const std::vector<Effect> kAddressLists{
    {.name = "router_of_0_bytes", .make = with(OptionCode::router, {}), .routes = kNoDefault},
    {.name = "router_of_3_bytes", .make = with(OptionCode::router, {192, 0, 2}), .routes = kNoDefault},
    {.name = "router_of_5_bytes", .make = with(OptionCode::router, {192, 0, 2, 1, 9})},
    {.name = "router_missing", .make = [](auto& a) { a.remove(OptionCode::router); }, .routes = kNoDefault},
    {.name = "routers_of_no_use_before_one", .make = with(OptionCode::router, kNoHostsThenOne)},
    {.name = "routers_of_no_use_alone",
     .make = with(OptionCode::router, Bytes(kNoHostsThenOne.begin(), kNoHostsThenOne.end() - 4)),
     .routes = kNoDefault},
    {.name = "routers_63", .make = with(OptionCode::router, test::joined({addresses(1, 1), addresses(100, 62)}))},
    {.name = "router_twice",
     .make =
         [](auto& a) {
             a.add(OptionCode::router, {192, 0, 2, 9});
         }},
    {.name = "dns_of_0_bytes", .make = with(OptionCode::name_server, {}), .resolv_conf = ""},
    {.name = "dns_of_5_bytes", .make = with(OptionCode::name_server, {192, 0, 2, 53, 9})},
    {.name = "dns_0", .make = with(OptionCode::name_server, Bytes(4)), .resolv_conf = ""},
    {.name = "dns_of_no_use_before_one",
     .make = with(OptionCode::name_server, kNoHostsThenOne),
     .resolv_conf = "nameserver 192.0.2.1\n"},
    {.name = "dns_63", .make = with(OptionCode::name_server, addresses(100, 63)), .resolv_conf = name_servers(100, 16)},
    {.name = "ntp_of_7_bytes", .make = with(OptionCode::ntp_server, Bytes(7, 9))},
};

const std::vector<Effect> kMasks{
    {.name = "mask_missing",
     .make = [](auto& a) { a.remove(OptionCode::subnet_mask); },
     .routes = kHostRoutes,
     .addresses = {"192.0.2.50/32"}},
    {.name = "mask_of_0_bytes",
     .make = with(OptionCode::subnet_mask, {}),
     .routes = kHostRoutes,
     .addresses = {"192.0.2.50/32"}},
    {.name = "mask_of_5_bytes", .make = with(OptionCode::subnet_mask, {255, 255, 255, 0, 9})},
    {.name = "mask_of_3_bytes",
     .make = with(OptionCode::subnet_mask, Bytes(3, 255)),
     .routes = kHostRoutes,
     .addresses = {"192.0.2.50/32"}},
    {.name = "mask_twice",
     .make =
         [](auto& a) {
             a.add(OptionCode::subnet_mask, {255, 0, 0, 0});
         }},
    {.name = "mask_32",
     .make = with(OptionCode::subnet_mask, Bytes(4, 255)),
     .routes = kHostRoutes,
     .addresses = {"192.0.2.50/32"}},
    {.name = "mask_31_with_the_peer_as_router",
     .make =
         [](auto& a) {
             a.set(OptionCode::subnet_mask, {255, 255, 255, 254});
             a.set(OptionCode::router, {192, 0, 2, 51});
         },
     .routes = {"192.0.2.50/31 src 192.0.2.50 proto dhcp scope link",
                "default via 192.0.2.51 src 192.0.2.50 proto dhcp"},
     .addresses = {"192.0.2.50/31"}},
    {.name = "router_that_is_the_client",
     .make = [](auto& a) { a.set(OptionCode::router, bytes_of(a.yiaddr)); },
     .routes = {kSubnetRoute, "default src 192.0.2.50 proto dhcp scope link"}},
    {.name = "router_that_is_the_client_and_another", .make = with(OptionCode::router, {192, 0, 2, 50, 192, 0, 2, 1})},
    {.name = "router_that_is_the_broadcast_address",
     .make = with(OptionCode::router, {192, 0, 2, 255}),
     .routes = kNoDefault},
    {.name = "router_outside_the_subnet",
     .make = with(OptionCode::router, {198, 51, 100, 1}),
     .routes = {kSubnetRoute, "198.51.100.1 src 192.0.2.50 proto dhcp scope link",
                "default via 198.51.100.1 src 192.0.2.50 proto dhcp"}},
    {.name = "broadcast_of_3_bytes", .make = with(OptionCode::broadcast_address, {1, 2, 3})},
    {.name = "broadcast_of_a_host", .make = with(OptionCode::broadcast_address, {192, 0, 2, 77})},
    {.name = "broadcast_on_a_31",
     .make =
         [](auto& a) {
             a.set(OptionCode::subnet_mask, {255, 255, 255, 254});
             a.set(OptionCode::router, {192, 0, 2, 51});
             a.set(OptionCode::broadcast_address, {192, 0, 2, 51});
         },
     .routes = {"192.0.2.50/31 src 192.0.2.50 proto dhcp scope link",
                "default via 192.0.2.51 src 192.0.2.50 proto dhcp"},
     .addresses = {"192.0.2.50/31"}},
};

const std::vector<Effect> kNumbers{
    {.name = "mtu_0", .make = with(OptionCode::interface_mtu, {0, 0})},
    {.name = "mtu_67", .make = with(OptionCode::interface_mtu, {0, 67})},
    {.name = "mtu_68", .make = with(OptionCode::interface_mtu, {0, 68})},
    {.name = "mtu_575", .make = with(OptionCode::interface_mtu, {2, 63})},
    {.name = "mtu_576", .make = with(OptionCode::interface_mtu, {2, 64}), .mtu = 576},
    {.name = "mtu_of_3_bytes", .make = with(OptionCode::interface_mtu, {5, 120, 9}), .mtu = 1400},
    {.name = "mtu_as_it_is", .make = with(OptionCode::interface_mtu, {5, 220})},
    {.name = "mtu_65535", .make = with(OptionCode::interface_mtu, {255, 255}), .mtu = 65535},
    {.name = "mtu_of_1_byte", .make = with(OptionCode::interface_mtu, {4})},
    {.name = "mtu_of_4_bytes", .make = with(OptionCode::interface_mtu, {0, 0, 5, 120})},
    {.name = "ipv6_only_0", .make = with(OptionCode::ipv6_only_preferred, Bytes(4))},
    {.name = "ipv6_only_huge", .make = with(OptionCode::ipv6_only_preferred, Bytes(4, 255))},
    {.name = "ms_routes_that_nobody_asked_for",
     .make = with(OptionCode::ms_classless_static_route, {8, 10, 192, 0, 2, 1})},
    {.name = "captive_portal_of_255_bytes", .make = with(OptionCode::captive_portal, Bytes(255, 0x1b))},
    {.name = "server_and_file_names_of_255_bytes",
     .make = [](auto& a) { a.set(OptionCode{66}, Bytes(255, '\n')), a.set(OptionCode{67}, Bytes(255, '`')); }},
    {.name = "message_text_with_escapes", .make = with(OptionCode::message, bytes_of("\x1b[2J\r\n"))},
    {.name = "vendor_specific_nonsense", .make = with(OptionCode::vendor_specific, {1, 255, 1})},
    {.name = "every_other_option_empty",
     .make =
         [](auto& a) {
             for (std::uint8_t code = 1; code < 255; ++code) {
                 const OptionCode option{code};
                 if (option == OptionCode::client_identifier || option == OptionCode::rapid_commit) continue;
                 if (std::ranges::find(a.options, option, &test::RawAnswer::Option::code) == a.options.end())
                     a.add(option, {});
             }
         }},
};

class OptionValue : public test::EffectTest {};
TEST_P(OptionValue, IsIgnoredOrCut) {
    exchange_and_expect();
}
INSTANTIATE_TEST_SUITE_P(AddressList, OptionValue, ValuesIn(kAddressLists), test::kByName);
INSTANTIATE_TEST_SUITE_P(Mask, OptionValue, ValuesIn(kMasks), test::kByName);
INSTANTIATE_TEST_SUITE_P(Number, OptionValue, ValuesIn(kNumbers), test::kByName);

}  // namespace
}  // namespace nlinit
