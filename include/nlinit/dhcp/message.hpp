// SPDX-License-Identifier: Apache-2.0
// A DHCP message (RFC 2131 2) as a value, to and from the payload of a UDP datagram.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp/option.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/wire/drop_reason.hpp"

namespace nlinit::dhcp {

enum class MessageType : std::uint8_t { discover = 1, offer, request, decline, ack, nak, release, inform };
std::string_view name_of(MessageType type) noexcept;  // "DISCOVER"

enum class OpCode : std::uint8_t { boot_request = 1, boot_reply = 2 };

struct Message {
    OpCode op = OpCode::boot_request;
    MessageType type = MessageType::discover;
    std::uint32_t xid = 0;
    std::chrono::seconds elapsed{0};  // secs
    bool broadcast = false;           // the one flag
    Ipv4Address ciaddr, yiaddr, siaddr, giaddr;
    MacAddress chaddr;
    Options options;  // without 52 and 53, which belong to the layout
    friend bool operator==(const Message&, const Message&) = default;
};

inline constexpr std::size_t kHeaderSize = 240;          // with the magic cookie
inline constexpr std::size_t kMinimumRequestSize = 300;  // RFC 1542 2.1; some servers drop what is shorter

// A message with Ethernet addresses and an option 53, or why it is none. Reads each option area at most once; allocates
// no more than a small multiple of the payload's size.
[[nodiscard]] std::variant<Message, DropReason> parse(ByteView payload);

// Options over 255 bytes are split (RFC 3396); padded to kMinimumRequestSize.
[[nodiscard]] Bytes serialize(const Message& message);

}  // namespace nlinit::dhcp
