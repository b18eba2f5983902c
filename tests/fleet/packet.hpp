// SPDX-License-Identifier: Apache-2.0
// What a packet says that matters here. A fleet has hundreds of thousands of packets under way at once, so they travel
// as these few bytes and become dhcp::Message where the real client takes or gives one.
#pragma once

#include <cstdint>
#include <optional>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"

namespace fleet {

using ClientNumber = std::uint32_t;

inline constexpr nlinit::Ipv4Address kServer{10, 0, 0, 1};

struct Request {  // DISCOVER or REQUEST
    nlinit::dhcp::MessageType type{};
    bool rapid_commit = false;
    ClientNumber client = 0;
    std::uint32_t xid = 0;
    nlinit::Ipv4Address address;  // option 50, if any
};

struct Reply {  // OFFER, ACK or NAK
    nlinit::dhcp::MessageType type{};
    bool rapid_commit = false;
    std::uint32_t xid = 0;
    nlinit::Ipv4Address address;
};

// A client's number is in its MAC address, as a hypervisor numbers its guests.
[[nodiscard]] nlinit::MacAddress mac_of(ClientNumber client);
[[nodiscard]] ClientNumber client_of(const nlinit::MacAddress& mac);

// What a server reads of a message: nothing if it is neither DISCOVER nor REQUEST, or meant for another server.
[[nodiscard]] std::optional<Request> request_in(const nlinit::dhcp::Message& message);
// A reply as a server of a large network gives it: a lease, mask, router, name server.
[[nodiscard]] nlinit::dhcp::Message message_of(const Reply& reply, ClientNumber client, nlinit::Duration lease);

}  // namespace fleet
