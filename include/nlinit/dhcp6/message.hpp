// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 message (RFC 8415 8) as a value, to and from the payload of a UDP datagram.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp6/drop_reason.hpp"
#include "nlinit/dhcp6/duid.hpp"
#include "nlinit/dhcp6/option.hpp"
#include "nlinit/net/ipv6_address.hpp"

namespace nlinit::dhcp6 {

// 10 is RECONFIGURE: a server may send it only to a client that said it accepts it. 12 and 13 are between relays.
enum class MessageType : std::uint8_t {
    solicit = 1,
    advertise,
    request,
    confirm,
    renew,
    rebind,
    reply,
    release,
    decline,
    information_request = 11,
};
std::string_view name_of(MessageType type) noexcept;  // "SOLICIT"

// Options that this client has no use for are not kept.
struct Message {
    MessageType type = MessageType::solicit;
    std::uint32_t xid = 0;              // 24 bits
    Duid client, server;                // empty: none
    std::vector<IaNa> ia_na;            // at most kMaxIas
    std::vector<OptionCode> requested;  // option 6, at most kMaxRequested
    std::optional<std::uint8_t> preference;
    std::optional<std::uint16_t> elapsed;  // hundredths of a second
    Status status;
    bool rapid_commit = false;
    std::vector<Ipv6Address> name_servers;    // as in the option, at most kMaxNameServers hosts
    std::vector<std::string> search_domains;  // each as parse_domain_name() gives it, at most kMaxSearchDomains
    bool has_odd_lists = false;               // something of these two was of no use, or one too many, and is left out
    std::optional<std::uint32_t> information_refresh_time, sol_max_rt, inf_max_rt;  // seconds
    friend bool operator==(const Message&, const Message&) = default;
};

// RFC 8415 7.1, 7.2: All_DHCP_Relay_Agents_and_Servers, which everything is sent to, and the ports.
inline constexpr Ipv6Address kAllServers{Ipv6Address::Octets{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2}};
inline constexpr std::uint16_t kClientPort = 546, kServerPort = 547;

inline constexpr std::size_t kHeaderSize = 4;
inline constexpr std::size_t kMaxIas = 4;
inline constexpr std::size_t kMaxRequested = 32;
inline constexpr std::size_t kMaxNameServers = 8;
inline constexpr std::size_t kMaxSearchDomains = 16;

// The message, or the reason why the payload is none. Two client identifiers, or two of servers, are such a reason; of
// another option that may come only once, the first counts. Allocates no more than a small multiple of the payload.
[[nodiscard]] std::variant<Message, DropReason> parse(ByteView payload);

[[nodiscard]] Bytes serialize(const Message& message);

}  // namespace nlinit::dhcp6
