// SPDX-License-Identifier: Apache-2.0
// The fields before the options (RFC 2131 2): answers to others, BOOTP, nonsense; and what is none of the client's
// business.
#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::Dropped;
using test::RawAnswer;
using ::testing::IsEmpty;
using ::testing::ValuesIn;

constexpr std::nullopt_t kFilteredHeader = std::nullopt;

std::vector<Dropped> headers() {
    using enum DropReason;
    return {
        {"message_of_0_bytes", [](auto& a) { a.cut_at = 0; }, kFilteredHeader},
        {"message_of_33_bytes", [](auto& a) { a.cut_at = 33; }, kFilteredHeader},
        {"message_of_34_bytes", [](auto& a) { a.cut_at = 34; }, short_message},
        {"message_of_44_bytes", [](auto& a) { a.cut_at = 44; }, short_message},
        {"message_of_236_bytes", [](auto& a) { a.cut_at = 236; }, short_message},
        {"message_of_239_bytes", [](auto& a) { a.cut_at = 239; }, short_message},
        {"message_of_240_bytes", [](auto& a) { a.cut_at = 240; }, no_message_type},
        {"op_0", [](auto& a) { a.op = 0; }, kFilteredHeader},
        {"op_1_of_another_client", [](auto& a) { a.op = 1; }, kFilteredHeader},
        {"op_3", [](auto& a) { a.op = 3; }, kFilteredHeader},
        {"hardware_type_0", [](auto& a) { a.hardware_type = 0; }, other_hardware_type},
        {"hardware_type_token_ring", [](auto& a) { a.hardware_type = 6; }, other_hardware_type},
        {"hardware_size_0", [](auto& a) { a.hardware_size = 0; }, bad_hardware_size},
        {"hardware_size_5", [](auto& a) { a.hardware_size = 5; }, bad_hardware_size},
        {"hardware_size_16", [](auto& a) { a.hardware_size = 16; }, bad_hardware_size},
        {"hardware_size_255", [](auto& a) { a.hardware_size = 255; }, bad_hardware_size},
        {"chaddr_first_byte_differs", [](auto& a) { a.chaddr[0] ^= 2; }, kFilteredHeader},
        {"chaddr_last_byte_differs", [](auto& a) { a.chaddr[5] ^= 1; }, kFilteredHeader},
        {"chaddr_0", [](auto& a) { a.chaddr = Bytes(16); }, kFilteredHeader},
        {"xid_of_a_neighbour", [](auto& a) { a.xid ^= 1; }, other_transaction},
        {"xid_0", [](auto& a) { a.xid = 0; }, other_transaction},
        {"xid_in_wrong_byte_order", [](auto& a) { a.xid = __builtin_bswap32(a.xid); }, other_transaction},
        {"cookie_0_as_bootp", [](auto& a) { a.cookie = 0; }, bad_cookie},
        {"cookie_in_wrong_byte_order", [](auto& a) { a.cookie = 0x63538263; }, bad_cookie},
        {"bootp_with_cookie_alone", [](auto& a) { a.options.clear(); }, no_message_type},
        {"client_identifier_of_another",
         [](auto& a) {
             a.set(OptionCode::client_identifier, {1, 2, 0, 0, 0, 0, 9});
         },
         other_client_identifier},
        {"client_identifier_cut_short",
         [](auto& a) {
             a.set(OptionCode::client_identifier, Bytes{1, a.chaddr[0], a.chaddr[1]});
         },
         other_client_identifier},
    };
}

class HeaderBeforeTheOffer : public test::BeforeTheOffer {};
class HeaderBeforeTheAck : public test::BeforeTheAck {};

TEST_P(HeaderBeforeTheOffer, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
TEST_P(HeaderBeforeTheAck, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
INSTANTIATE_TEST_SUITE_P(Header, HeaderBeforeTheOffer, ValuesIn(headers()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Header, HeaderBeforeTheAck, ValuesIn(headers()), test::kByName);

const std::vector<test::Odd> kOddHeaders{
    {"message_of_exactly_its_options", [](auto& a) { a.padded_to = 0; }},
    {"message_of_276_bytes", [](auto& a) { a.padded_to = 276; }},
    {"message_of_299_bytes", [](auto& a) { a.padded_to = 299; }},
    {"message_of_1472_bytes", [](auto& a) { a.padded_to = 1472; }},
    {"hops_255", [](auto& a) { a.hops = 255; }},
    {"seconds_and_all_flags_set", [](auto& a) { a.seconds = 0xffff, a.flags = 0xffff; }},
    {"siaddr_and_giaddr_broadcast", [](auto& a) { a.siaddr = a.giaddr = kBroadcastAddress; }},
    {"garbage_behind_the_hardware_address", [](auto& a) { std::fill(a.chaddr.begin() + 6, a.chaddr.end(), 0xee); }},
    {"sname_and_file_without_an_end", [](auto& a) { a.sname = Bytes(64, 'x'), a.file = Bytes(128, 0xff); }},
    {"client_identifier_echoed",
     [](auto& a) {
         a.set(OptionCode::client_identifier, test::joined({{1}, {a.chaddr.begin(), a.chaddr.begin() + 6}}));
     }},
};

class OddHeader : public test::OddExchange {};
TEST_P(OddHeader, IsTaken) {
    answer_oddly();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Exchange, OddHeader, ValuesIn(kOddHeaders), test::kByName);

}  // namespace
}  // namespace nlinit
