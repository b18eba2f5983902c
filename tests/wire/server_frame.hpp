// SPDX-License-Identifier: Apache-2.0
// A DHCP server's frame whose every field a test can spoil: written from RFC 791 and RFC 768 and not with wrap(), so
// that both sides cannot share a mistake. bytes() completes lengths and checksums that were not set by hand.
#pragma once

#include <cstdint>
#include <optional>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::test {

// RFC 1071, not folded into its complement.
inline std::uint32_t ones_sum(ByteView data, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < data.size(); ++i) sum += i % 2 == 0 ? std::uint32_t{data[i]} << 8 : data[i];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

inline void put_u16(Bytes& bytes, std::size_t at, std::uint16_t value) {
    bytes.at(at) = static_cast<std::uint8_t>(value >> 8);
    bytes.at(at + 1) = static_cast<std::uint8_t>(value);
}

inline std::uint16_t get_u16(ByteView bytes, std::size_t at) {
    return static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]);
}

// The UDP checksum of a frame as RFC 768 has it, over the datagram from `udp_at` on; its own field counts as zero.
inline std::uint16_t udp_checksum(Bytes frame, std::size_t udp_at) {
    put_u16(frame, udp_at + 6, 0);
    const ByteView view(frame);
    const auto datagram = view.subspan(udp_at);
    Bytes pseudo(view.begin() + 12, view.begin() + 20);
    pseudo.insert(pseudo.end(), {0, 17});
    pseudo.resize(12);
    put_u16(pseudo, 10, static_cast<std::uint16_t>(datagram.size()));
    const auto sum = static_cast<std::uint16_t>(~ones_sum(datagram, ones_sum(pseudo)));
    return sum == 0 ? 0xffff : sum;
}

inline std::uint16_t ip_checksum(Bytes frame, std::size_t header_size) {
    put_u16(frame, 10, 0);
    return static_cast<std::uint16_t>(~ones_sum(ByteView(frame).first(header_size)));
}

struct ServerFrame {
    Bytes payload = Bytes(240, 0x55);
    Ipv4Address source{10, 0, 2, 2};
    Ipv4Address destination{10, 0, 2, 15};
    std::uint8_t version = 4;
    std::optional<std::uint8_t> ihl = {};  // in words
    Bytes ip_options = {};                 // a multiple of 4
    std::uint16_t fragment = 0x4000;       // flags and offset: don't fragment
    std::uint8_t protocol = 17;
    std::uint16_t source_port = 67, destination_port = 68;
    std::optional<std::uint16_t> total_length = {}, udp_length = {}, ip_sum = {}, udp_sum = {};
    Bytes padding = {};

    [[nodiscard]] std::size_t udp_at() const { return 20 + ip_options.size(); }

    [[nodiscard]] Bytes bytes() const {
        const auto header_size = udp_at();
        const auto udp_size = 8 + payload.size();
        ByteWriter out;
        out.u8(static_cast<std::uint8_t>((version << 4) | ihl.value_or(static_cast<std::uint8_t>(header_size / 4))));
        out.u8(0);
        out.u16(total_length.value_or(static_cast<std::uint16_t>(header_size + udp_size)));
        out.u16(0x1234);
        out.u16(fragment);
        out.u8(64);
        out.u8(protocol);
        out.u16(0);
        out.bytes(source.octets());
        out.bytes(destination.octets());
        out.bytes(ip_options);
        out.u16(source_port);
        out.u16(destination_port);
        out.u16(udp_length.value_or(static_cast<std::uint16_t>(udp_size)));
        out.u16(0);
        out.bytes(payload);
        Bytes frame = std::move(out).take();
        put_u16(frame, header_size + 6, udp_sum.value_or(udp_checksum(frame, header_size)));
        put_u16(frame, 10, ip_sum.value_or(ip_checksum(frame, header_size)));
        frame.insert(frame.end(), padding.begin(), padding.end());
        return frame;
    }
};

}  // namespace nlinit::test
