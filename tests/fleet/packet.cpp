// SPDX-License-Identifier: Apache-2.0
#include "packet.hpp"

#include "nlinit/base/bytes.hpp"

namespace fleet {

using nlinit::dhcp::Message;
using nlinit::dhcp::MessageType;
using nlinit::dhcp::OpCode;
using nlinit::dhcp::OptionCode;

namespace {

constexpr nlinit::Ipv4Address kMask{255, 0, 0, 0}, kRouter{10, 0, 0, 1}, kNameServer{10, 0, 0, 2};

}  // namespace

nlinit::MacAddress mac_of(ClientNumber client) {
    const auto number = nlinit::Ipv4Address::from_integer(client).octets();
    return nlinit::MacAddress({0x52, 0x54, number[0], number[1], number[2], number[3]});
}

ClientNumber client_of(const nlinit::MacAddress& mac) {
    const auto& octets = mac.octets();
    return nlinit::Ipv4Address(octets[2], octets[3], octets[4], octets[5]).to_integer();
}

std::optional<Request> request_in(const Message& message) {
    if (message.type != MessageType::discover && message.type != MessageType::request) return std::nullopt;
    if (message.options.address(OptionCode::server_identifier).value_or(kServer) != kServer) return std::nullopt;
    return Request{message.type, message.options.has(OptionCode::rapid_commit), client_of(message.chaddr), message.xid,
                   message.options.address(OptionCode::requested_address).value_or(message.ciaddr)};
}

Message message_of(const Reply& reply, ClientNumber client, nlinit::Duration lease) {
    Message message;
    message.op = OpCode::boot_reply;
    message.type = reply.type;
    message.xid = reply.xid;
    message.chaddr = mac_of(client);
    message.options.set_address(OptionCode::server_identifier, kServer);
    if (reply.type == MessageType::nak) return message;
    message.yiaddr = reply.address;
    if (reply.rapid_commit) message.options.set(OptionCode::rapid_commit, {});
    message.options.set_u32(OptionCode::lease_time, static_cast<std::uint32_t>(lease / std::chrono::seconds(1)));
    message.options.set_address(OptionCode::subnet_mask, kMask);
    message.options.set_address(OptionCode::router, kRouter);
    message.options.set_address(OptionCode::name_server, kNameServer);
    return message;
}

}  // namespace fleet
