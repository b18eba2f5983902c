// SPDX-License-Identifier: Apache-2.0
#include "support/raw_reply6.hpp"

#include <algorithm>

#include "nlinit/net/ipv6_address.hpp"

namespace nlinit::test {

Bytes option6(dhcp6::OptionCode code, const Bytes& value, std::optional<std::uint16_t> length) {
    ByteWriter out;
    out.u16(static_cast<std::uint16_t>(code));
    out.u16(length.value_or(static_cast<std::uint16_t>(value.size())));
    out.bytes(value);
    return std::move(out).take();
}

Bytes octets6(const std::string& address) {
    const auto octets = Ipv6Address::parse(address).value().octets();
    return {octets.begin(), octets.end()};
}

Bytes put_together(std::initializer_list<Bytes> parts) {
    Bytes whole;
    for (const auto& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
}

Bytes ia_address(const std::string& address, std::uint32_t preferred, std::uint32_t valid, const Bytes& options) {
    ByteWriter out;
    out.bytes(octets6(address));
    out.u32(preferred);
    out.u32(valid);
    out.bytes(options);
    return option6(dhcp6::OptionCode::ia_address, std::move(out).take());
}

Bytes ia_na(std::uint32_t iaid, const Bytes& options, std::uint32_t t1, std::uint32_t t2) {
    ByteWriter out;
    out.u32(iaid);
    out.u32(t1);
    out.u32(t2);
    out.bytes(options);
    return std::move(out).take();
}

Bytes status6(dhcp6::StatusCode code, const std::string& message) {
    ByteWriter out;
    out.u16(static_cast<std::uint16_t>(code));
    out.bytes(Bytes(message.begin(), message.end()));
    return std::move(out).take();
}

RawReply6 RawReply6::to(const dhcp6::Message& request, dhcp6::MessageType type) {
    const auto copy = [](ByteView octets) { return Bytes(octets.begin(), octets.end()); };
    RawReply6 reply;
    reply.type = static_cast<std::uint8_t>(type);
    reply.xid = request.xid;
    if (!request.ia_na.empty()) reply.iaid = request.ia_na.front().iaid;
    reply.add(dhcp6::OptionCode::client_identifier, copy(request.client.octets()));
    reply.add(dhcp6::OptionCode::server_identifier, {0, 3, 0, 1, 2, 0, 0, 0, 0, 1});
    if (!request.ia_na.empty()) reply.grant(ia_address("2001:db8::50"));
    if (type == dhcp6::MessageType::advertise) reply.add(dhcp6::OptionCode::preference, {255});
    if (type == dhcp6::MessageType::reply && request.rapid_commit) reply.add(dhcp6::OptionCode::rapid_commit, {});
    reply.add(dhcp6::OptionCode::name_servers, octets6("2001:db8::53"));
    reply.add(dhcp6::OptionCode::domain_list, {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0});
    return reply;
}

void RawReply6::set(dhcp6::OptionCode code, Bytes value) {
    remove(code);
    add(code, std::move(value));
}

void RawReply6::add(dhcp6::OptionCode code, Bytes value) {
    options.emplace_back(code, std::move(value));
}

void RawReply6::remove(dhcp6::OptionCode code) {
    std::erase_if(options, [code](const auto& option) { return option.first == code; });
}

void RawReply6::grant(const Bytes& ia_options) {
    set(dhcp6::OptionCode::ia_na, ia_na(iaid, ia_options));
}

Bytes RawReply6::message() const {
    ByteWriter out;
    out.u32(std::uint32_t{type} << 24 | xid);
    for (const auto& [code, value] : options) out.bytes(option6(code, value));
    out.bytes(tail);
    return std::move(out).take();
}

}  // namespace nlinit::test
