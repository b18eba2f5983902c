// SPDX-License-Identifier: Apache-2.0
// A DHCP server's answer as a whole Ethernet frame, of which a test can spoil every byte: written from RFC 2131 and not
// with dhcp::serialize(), which could not say most of this.
//
//     RawAnswer offer = RawAnswer::to(request.message, MessageType::offer);
//     offer.set(OptionCode::subnet_mask, {255, 0, 255, 0});
//     link.send(offer.frame());
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"
#include "wire/server_frame.hpp"

namespace nlinit::test {

struct RawAnswer {
    struct Option {
        dhcp::OptionCode code{};
        Bytes value;
    };

    // Good as it stands: 192.0.2.50/24 for an hour from 192.0.2.1, which is router too; DNS at 192.0.2.53.
    static RawAnswer to(const dhcp::Message& request, dhcp::MessageType type);

    MacAddress station;                    // where the frame goes
    std::vector<std::uint16_t> tags = {};  // 802.1Q and the like: identifier, control information, and again
    std::uint16_t ether_type = 0x0800;
    ServerFrame ip;  // its payload is made of what follows

    std::uint8_t op = 2, hardware_type = 1, hardware_size = 6, hops = 0;
    std::uint32_t xid = 0;
    std::uint16_t seconds = 0, flags = 0;
    Ipv4Address ciaddr, yiaddr, siaddr, giaddr;
    Bytes chaddr = Bytes(16), sname = Bytes(64), file = Bytes(128);
    std::uint32_t cookie = 0x63825363;
    std::vector<Option> options;          // in this order, also the same one twice; over 255 bytes in parts
    Bytes end = {255};                    // what stands behind them
    std::size_t padded_to = 300;          // bytes of message, as most servers have it
    std::optional<std::size_t> cut_at{};  // bytes of message that are left
    std::function<void(Bytes&)> last{};   // changes the finished packet, from the IPv4 header on

    void set(dhcp::OptionCode code, Bytes value);  // in place of those of that code
    void add(dhcp::OptionCode code, Bytes value);  // beside them
    void remove(dhcp::OptionCode code);
    void become_nak();  // of the same server to the same question

    [[nodiscard]] Bytes message() const;
    [[nodiscard]] Bytes packet() const;  // from the IPv4 header on
    [[nodiscard]] Bytes frame() const;   // from the Ethernet header on
};

Bytes bytes_of(Ipv4Address address);
Bytes bytes_of(std::uint32_t number);
Bytes bytes_of(std::string_view text);
Bytes joined(std::initializer_list<Bytes> parts);
// As parts of options, each with its code and length: for what an overloaded area holds.
Bytes option_bytes(dhcp::OptionCode code, ByteView value);

}  // namespace nlinit::test
