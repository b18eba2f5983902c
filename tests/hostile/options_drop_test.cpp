// SPDX-License-Identifier: Apache-2.0
// Options that make the whole packet worthless: the message type, the end of the area, and what a lease cannot be
// without (RFC 2131, RFC 2132).
#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::bytes_of;
using test::Dropped;
using test::RawAnswer;
using ::testing::ValuesIn;

std::vector<Dropped> types() {
    using enum DropReason;
    std::vector<Dropped> hostile{
        {"type_missing", [](auto& a) { a.remove(OptionCode::message_type); }, no_message_type},
        {"type_of_0_bytes", [](auto& a) { a.set(OptionCode::message_type, {}); }, bad_message_type_size},
        {"type_of_2_bytes",
         [](auto& a) {
             a.set(OptionCode::message_type, {2, 5});
         },
         bad_message_type_size},
        {"type_of_255_bytes", [](auto& a) { a.set(OptionCode::message_type, Bytes(255, 2)); }, bad_message_type_size},
        {"type_twice_offer_ack",
         [](auto& a) { a.set(OptionCode::message_type, {2}), a.add(OptionCode::message_type, {5}); },
         two_message_types},
        {"type_twice_ack_offer",
         [](auto& a) { a.set(OptionCode::message_type, {5}), a.add(OptionCode::message_type, {2}); },
         two_message_types},
        {"type_again_in_the_file_area",
         [](auto& a) {
             a.add(OptionCode::overload, {1});
             a.file = {53, 1, 6, 255};
             a.file.resize(128);
         },
         two_message_types},
    };
    const std::vector<std::pair<std::string, std::uint8_t>> types{
        {"0", 0},        {"1_discover", 1},   {"3_request", 3},      {"4_decline", 4},           {"7_release", 7},
        {"8_inform", 8}, {"9_forcerenew", 9}, {"10_leasequery", 10}, {"11_leaseunassigned", 11}, {"13_leaseactive", 13},
        {"18_tls", 18},  {"19", 19},          {"255", 255},
    };
    for (const auto& [name, type] : types)
        hostile.push_back({"type_" + name, [octet = type](auto& a) { a.set(OptionCode::message_type, {octet}); },
                           type >= 1 && type <= 8 ? bad_message_type : unknown_message_type});
    return hostile;
}

std::vector<Dropped> areas() {
    using enum DropReason;
    return {
        {"length_a_byte_beyond", [](auto& a) { a.end = {12, 5, 'h', 'o', 's', 't'}, a.padded_to = 0; },
         options_overrun},
        {"length_255_at_the_end",
         [](auto& a) {
             a.end = {12, 255}, a.padded_to = 0;
         },
         options_overrun},
        {"code_without_length", [](auto& a) { a.end = {12}, a.padded_to = 0; }, options_overrun},
        {"length_beyond_into_the_padding_of_the_frame",
         [](auto& a) {
             a.end = {12, 40}, a.padded_to = 0, a.ip.padding = Bytes(64);
         },
         options_overrun},
        {"nothing_but_pads", [](auto& a) { a.options.clear(), a.end = Bytes(60); }, no_message_type},
        {"nothing_but_an_end", [](auto& a) { a.options.clear(); }, no_message_type},
        {"no_options_at_all", [](auto& a) { a.options.clear(), a.end = {}, a.padded_to = 0; }, no_message_type},
        {"all_behind_the_end",
         [](auto& a) {
             a.end = {255};
             for (const auto& option : a.options)
                 a.end = test::joined({a.end, test::option_bytes(option.code, option.value)});
             a.options.clear();
         },
         no_message_type},
        {"overrun_in_the_file_area",
         [](auto& a) {
             a.add(OptionCode::overload, {1}), a.file = Bytes(126), a.file.insert(a.file.end(), {12, 9});
         },
         options_overrun},
        {"overrun_in_the_sname_area",
         [](auto& a) { a.add(OptionCode::overload, {3}), a.sname = Bytes(63), a.sname.push_back(12); },
         options_overrun},
    };
}

std::vector<Dropped> leases() {
    using enum DropReason;
    const auto lease_time = [](std::string name, Bytes value) {
        return Dropped{"lease_time_" + std::move(name),
                       [value = std::move(value)](auto& a) { a.set(OptionCode::lease_time, value); }, no_lease_time};
    };
    const auto mask = [](std::string name, Bytes value) {
        return Dropped{"mask_" + std::move(name),
                       [value = std::move(value)](auto& a) { a.set(OptionCode::subnet_mask, value); }, bad_subnet_mask};
    };
    return {
        {"lease_time_missing", [](auto& a) { a.remove(OptionCode::lease_time); }, no_lease_time},
        lease_time("of_0_bytes", {}),
        lease_time("of_3_bytes", Bytes(3, 1)),
        lease_time("0", Bytes(4)),
        mask("0", Bytes(4)),
        mask("with_a_hole", {255, 0, 255, 0}),
        mask("backwards", {0, 0, 0, 255}),
        mask("of_one_low_bit", {0, 0, 0, 1}),
        mask("without_its_top_bit", {127, 255, 255, 0}),
    };
}

class OptionBeforeTheOffer : public test::BeforeTheOffer {};
class OptionBeforeTheAck : public test::BeforeTheAck {};

TEST_P(OptionBeforeTheOffer, DropsThePacket) {
    send_before_the_good_one();
    expect_good_lease();
}
TEST_P(OptionBeforeTheAck, DropsThePacket) {
    send_before_the_good_one();
    expect_good_lease();
}
INSTANTIATE_TEST_SUITE_P(Type, OptionBeforeTheOffer, ValuesIn(types()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Area, OptionBeforeTheOffer, ValuesIn(areas()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Lease, OptionBeforeTheOffer, ValuesIn(leases()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Type, OptionBeforeTheAck, ValuesIn(types()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Area, OptionBeforeTheAck, ValuesIn(areas()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Lease, OptionBeforeTheAck, ValuesIn(leases()), test::kByName);

}  // namespace
}  // namespace nlinit
