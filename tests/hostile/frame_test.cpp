// SPDX-License-Identifier: Apache-2.0
// Frames that are no whole UDP datagram from a server to this client (RFC 791, RFC 768, IEEE 802.1Q).
#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using test::Dropped;
using test::RawAnswer;
using ::testing::ValuesIn;

// The filter of the socket looks at protocol, fragment offset, port, op and chaddr, where the header says they are.
constexpr std::nullopt_t kFiltered = std::nullopt;

Dropped packet(std::string name, std::function<void(Bytes&)> change, std::optional<DropReason> reason) {
    return {std::move(name), [change = std::move(change)](RawAnswer& answer) { answer.last = change; }, reason};
}

// Four bytes fewer of header, as its length says: everything behind is where a filter looks for it.
void without_destination(Bytes& packet) {
    packet[0] = 0x44;
    packet.erase(packet.begin() + 16, packet.begin() + 20);
}

std::vector<Dropped> lengths() {
    using enum DropReason;
    return {
        packet(
            "one_byte", [](Bytes& p) { p.resize(1); }, kFiltered),
        packet(
            "nineteen_bytes", [](Bytes& p) { p.resize(19); }, kFiltered),
        packet(
            "ip_header_alone", [](Bytes& p) { p.resize(20); }, kFiltered),
        packet(
            "udp_header_alone", [](Bytes& p) { p.resize(28); }, kFiltered),
        packet(
            "ihl_0", [](Bytes& p) { p[0] = 0x40; }, kFiltered),
        packet(
            "ihl_4", [](Bytes& p) { p[0] = 0x44; }, kFiltered),
        packet("ihl_4_and_laid_out_so", without_destination, bad_header_length),
        packet(
            "ihl_15_without_options", [](Bytes& p) { p[0] = 0x4f; }, kFiltered),
        packet(
            "ihl_15_beyond_the_frame", [](Bytes& p) { p[0] = 0x4f, p.resize(40); }, kFiltered),
        {"total_length_0", [](auto& a) { a.ip.total_length = 0; }, bad_total_length},
        {"total_length_below_header", [](auto& a) { a.ip.total_length = 19; }, bad_total_length},
        {"total_length_below_headers", [](auto& a) { a.ip.total_length = 27; }, bad_total_length},
        {"total_length_a_byte_beyond", [](auto& a) { a.ip.total_length = 329; }, bad_total_length},
        {"total_length_65535", [](auto& a) { a.ip.total_length = 65535; }, bad_total_length},
        packet(
            "frame_cut_short", [](Bytes& p) { p.resize(300); }, bad_total_length),
        {"udp_length_0", [](auto& a) { a.ip.udp_length = 0; }, bad_udp_length},
        {"udp_length_7", [](auto& a) { a.ip.udp_length = 7; }, bad_udp_length},
        {"udp_length_a_byte_beyond", [](auto& a) { a.ip.udp_length = 309; }, bad_udp_length},
        {"udp_length_65535", [](auto& a) { a.ip.udp_length = 65535; }, bad_udp_length},
        {"udp_length_into_padding", [](auto& a) { a.ip.udp_length = 320, a.ip.padding = Bytes(64); }, bad_udp_length},
        {"udp_length_8_no_message", [](auto& a) { a.ip.udp_length = 8, a.ip.udp_sum = 0; }, short_message},
    };
}

std::vector<Dropped> frame_headers() {
    using enum DropReason;
    return {
        {"ip_version_0", [](auto& a) { a.ip.version = 0; }, not_ipv4},
        {"ip_version_6", [](auto& a) { a.ip.version = 6; }, not_ipv4},
        {"more_fragments_set", [](auto& a) { a.ip.fragment = 0x2000; }, fragment},
        {"fragment_offset_1", [](auto& a) { a.ip.fragment = 0x0001; }, kFiltered},
        {"fragment_offset_8191", [](auto& a) { a.ip.fragment = 0x3fff; }, kFiltered},
        {"ip_sum_wrong", [](auto& a) { a.ip.ip_sum = 0x1234; }, bad_ip_checksum},
        {"ip_sum_0", [](auto& a) { a.ip.ip_sum = 0; }, bad_ip_checksum},
        {"udp_sum_wrong", [](auto& a) { a.ip.udp_sum = 0x1234; }, bad_udp_checksum},
        packet(
            "a_bit_of_the_message_flipped", [](Bytes& p) { p[28 + 19] ^= 1; }, bad_udp_checksum),
        {"protocol_tcp", [](auto& a) { a.ip.protocol = 6; }, kFiltered},
        {"protocol_udplite", [](auto& a) { a.ip.protocol = 136; }, kFiltered},
        {"to_port_67", [](auto& a) { a.ip.destination_port = 67; }, kFiltered},
        {"to_port_0", [](auto& a) { a.ip.destination_port = 0; }, kFiltered},
    };
}

std::vector<Dropped> ethernet() {
    return {
        {"to_another_station",
         [](auto& a) {
             a.station = MacAddress({2, 0, 0, 0, 0, 9});
         },
         kFiltered},
        {"in_vlan_5",
         [](auto& a) {
             a.tags = {0x8100, 5};
         },
         kFiltered},
        {"in_vlan_4095",
         [](auto& a) {
             a.tags = {0x8100, 0xefff};
         },
         kFiltered},
        {"in_service_vlan_5",
         [](auto& a) {
             a.tags = {0x88a8, 5};
         },
         kFiltered},
        {"in_two_vlans",
         [](auto& a) {
             a.tags = {0x88a8, 5, 0x8100, 6};
         },
         kFiltered},
        {"in_vlan_5_and_broadcast",
         [](auto& a) {
             a.tags = {0x8100, 5}, a.station = MacAddress({255, 255, 255, 255, 255, 255});
         },
         kFiltered},
        {"as_ipv6", [](auto& a) { a.ether_type = 0x86dd; }, kFiltered},
        {"as_arp", [](auto& a) { a.ether_type = 0x0806; }, kFiltered},
        {"as_mpls", [](auto& a) { a.ether_type = 0x8847; }, kFiltered},
        {"as_802_3_length", [](auto& a) { a.ether_type = 328; }, kFiltered},
    };
}

class FrameBeforeTheOffer : public test::BeforeTheOffer {};
class FrameBeforeTheAck : public test::BeforeTheAck {};

TEST_P(FrameBeforeTheOffer, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
TEST_P(FrameBeforeTheAck, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
INSTANTIATE_TEST_SUITE_P(Lengths, FrameBeforeTheOffer, ValuesIn(lengths()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Headers, FrameBeforeTheOffer, ValuesIn(frame_headers()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Ethernet, FrameBeforeTheOffer, ValuesIn(ethernet()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Lengths, FrameBeforeTheAck, ValuesIn(lengths()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Headers, FrameBeforeTheAck, ValuesIn(frame_headers()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Ethernet, FrameBeforeTheAck, ValuesIn(ethernet()), test::kByName);

}  // namespace
}  // namespace nlinit
