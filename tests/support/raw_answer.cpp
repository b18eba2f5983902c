// SPDX-License-Identifier: Apache-2.0
#include "support/raw_answer.hpp"

#include <algorithm>

namespace nlinit::test {

using dhcp::OptionCode;

namespace {

constexpr Ipv4Address kServer{192, 0, 2, 1};
constexpr std::size_t kLongestPart = 255;

}  // namespace

Bytes bytes_of(Ipv4Address address) {
    return {address.octets().begin(), address.octets().end()};
}

Bytes bytes_of(std::uint32_t number) {
    return bytes_of(Ipv4Address::from_integer(number));
}

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes whole;
    for (const auto& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
}

Bytes option_bytes(OptionCode code, ByteView value) {
    ByteWriter out;
    do {
        const auto part = value.first(std::min(value.size(), kLongestPart));
        out.u8(static_cast<std::uint8_t>(code));
        out.u8(static_cast<std::uint8_t>(part.size()));
        out.bytes(part);
        value = value.subspan(part.size());
    } while (!value.empty());
    return std::move(out).take();
}

RawAnswer RawAnswer::to(const dhcp::Message& request, dhcp::MessageType type) {
    RawAnswer answer;
    answer.station = request.chaddr;
    answer.ip.source = kServer;
    answer.ip.destination = kBroadcastAddress;
    answer.xid = request.xid;
    answer.ciaddr = request.ciaddr;
    answer.yiaddr = {192, 0, 2, 50};
    std::ranges::copy(request.chaddr.octets(), answer.chaddr.begin());
    answer.set(OptionCode::message_type, {static_cast<std::uint8_t>(type)});
    answer.set(OptionCode::server_identifier, bytes_of(kServer));
    answer.set(OptionCode::lease_time, bytes_of(3600U));
    answer.set(OptionCode::subnet_mask, {255, 255, 255, 0});
    answer.set(OptionCode::router, bytes_of(kServer));
    answer.set(OptionCode::name_server, {192, 0, 2, 53});
    if (type == dhcp::MessageType::nak) answer.become_nak();
    return answer;
}

void RawAnswer::set(OptionCode code, Bytes value) {
    const auto found = std::ranges::find(options, code, &RawAnswer::Option::code);
    if (found == options.end()) {
        add(code, std::move(value));
        return;
    }
    found->value = std::move(value);
    options.erase(std::remove_if(found + 1, options.end(), [&](const auto& option) { return option.code == code; }),
                  options.end());
}

void RawAnswer::add(OptionCode code, Bytes value) {
    options.push_back({code, std::move(value)});
}

void RawAnswer::remove(OptionCode code) {
    std::erase_if(options, [&](const auto& option) { return option.code == code; });
}

void RawAnswer::become_nak() {
    yiaddr = ciaddr = {};
    options.clear();
    set(OptionCode::message_type, {static_cast<std::uint8_t>(dhcp::MessageType::nak)});
    set(OptionCode::server_identifier, bytes_of(kServer));
}

Bytes RawAnswer::message() const {
    ByteWriter out;
    for (const auto byte : {op, hardware_type, hardware_size, hops}) out.u8(byte);
    out.u32(xid);
    out.u16(seconds);
    out.u16(flags);
    for (const auto& address : {ciaddr, yiaddr, siaddr, giaddr}) out.bytes(address.octets());
    for (const auto* field : {&chaddr, &sname, &file}) out.bytes(*field);
    out.u32(cookie);
    for (const auto& option : options) out.bytes(option_bytes(option.code, option.value));
    out.bytes(end);
    Bytes message = std::move(out).take();
    message.resize(cut_at.value_or(std::max(message.size(), padded_to)));
    return message;
}

Bytes RawAnswer::packet() const {
    ServerFrame whole = ip;
    whole.payload = message();
    Bytes packet = whole.bytes();
    if (last) last(packet);
    return packet;
}

Bytes RawAnswer::frame() const {
    constexpr MacAddress kSender{{0x02, 0, 0, 0, 0, 0x67}};
    ByteWriter out;
    out.bytes(station.octets());
    out.bytes(kSender.octets());
    for (const auto tag : tags) out.u16(tag);
    out.u16(ether_type);
    out.bytes(packet());
    return std::move(out).take();
}

}  // namespace nlinit::test
