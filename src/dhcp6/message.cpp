// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "nlinit/net/domain_list.hpp"

namespace nlinit::dhcp6 {
namespace {

constexpr unsigned kXidBits = 24;

using Fault = std::optional<DropReason>;

bool is_known(std::uint8_t type) {
    return (type >= static_cast<std::uint8_t>(MessageType::solicit) &&
            type <= static_cast<std::uint8_t>(MessageType::decline)) ||
           type == static_cast<std::uint8_t>(MessageType::information_request);
}

Fault take_duid(ByteView value, Duid& duid) {
    if (!duid.empty()) return DropReason::repeated_option;
    auto parsed = Duid::from_octets(value);
    if (!parsed) return DropReason::bad_duid;
    duid = *std::move(parsed);
    return std::nullopt;
}

Fault take_ia(ByteView value, std::vector<IaNa>& ias) {
    auto parsed = parse_ia_na(value);
    if (const auto* reason = std::get_if<DropReason>(&parsed)) return *reason;
    if (ias.size() < kMaxIas) ias.push_back(std::get<IaNa>(std::move(parsed)));
    return std::nullopt;
}

// An unsigned number that has the whole option to itself.
template <class Number>
Fault take_number(ByteView value, std::optional<Number>& number) {
    if (value.size() != sizeof(Number)) return DropReason::bad_option_size;
    if (number) return std::nullopt;
    std::uint32_t read = 0;
    for (const auto byte : value) read = read << 8 | byte;
    number = static_cast<Number>(read);
    return std::nullopt;
}

Fault take_requested(ByteView value, std::vector<OptionCode>& codes) {
    if (value.size() % sizeof(OptionCode) != 0) return DropReason::bad_option_size;
    if (!codes.empty()) return std::nullopt;
    ByteReader in(value);
    while (!in.at_end() && codes.size() < kMaxRequested) codes.push_back(OptionCode{in.u16()});
    return std::nullopt;
}

// A wrong entry in a list of names or servers is left out, as is half an entry at the end of one, and the others count.
void take_name_servers(ByteView value, Message& message) {
    auto& servers = message.name_servers;
    if (!servers.empty()) return;
    const auto rest = value.size() % sizeof(Ipv6Address::Octets);
    ByteReader in(value.first(value.size() - rest));
    while (!in.at_end() && servers.size() < kMaxNameServers) {
        Ipv6Address::Octets octets{};
        std::ranges::copy(in.bytes(octets.size()), octets.begin());
        const Ipv6Address server(octets);
        message.has_odd_lists |= !server.is_host();
        if (server.is_host() && std::ranges::find(servers, server) == servers.end()) servers.push_back(server);
    }
    message.has_odd_lists |= rest != 0 || !in.at_end();
}

void take_search_domains(ByteView value, Message& message) {
    if (!message.search_domains.empty()) return;
    auto list = parse_domain_list(value, kMaxSearchDomains);
    message.search_domains = std::move(list.names);
    message.has_odd_lists |= !list.complete;
}

Fault take_option(const OptionView& option, Message& message, std::optional<Status>& status) {
    switch (option.code) {
        case OptionCode::client_identifier:
            return take_duid(option.value, message.client);
        case OptionCode::server_identifier:
            return take_duid(option.value, message.server);
        case OptionCode::ia_na:
            return take_ia(option.value, message.ia_na);
        case OptionCode::option_request:
            return take_requested(option.value, message.requested);
        case OptionCode::preference:
            return take_number(option.value, message.preference);
        case OptionCode::elapsed_time:
            return take_number(option.value, message.elapsed);
        case OptionCode::status_code:
            return take_status(option.value, status) ? Fault{} : DropReason::bad_option_size;
        case OptionCode::rapid_commit:
            message.rapid_commit = true;
            return std::nullopt;
        case OptionCode::name_servers:
            take_name_servers(option.value, message);
            return std::nullopt;
        case OptionCode::domain_list:
            take_search_domains(option.value, message);
            return std::nullopt;
        case OptionCode::information_refresh_time:
            return take_number(option.value, message.information_refresh_time);
        case OptionCode::sol_max_rt:
            return take_number(option.value, message.sol_max_rt);
        case OptionCode::inf_max_rt:
            return take_number(option.value, message.inf_max_rt);
        case OptionCode::ia_address:  // outside of an IA it means nothing
        default:
            return std::nullopt;
    }
}

template <class Number>
void write_number(ByteWriter& out, OptionCode code, const std::optional<Number>& number) {
    if (!number) return;
    ByteWriter value;
    if constexpr (sizeof(Number) == 1) value.u8(*number);
    if constexpr (sizeof(Number) == 2) value.u16(*number);
    if constexpr (sizeof(Number) == 4) value.u32(*number);
    write_option(out, code, std::move(value).take());
}

Bytes octets_of(const std::vector<Ipv6Address>& addresses) {
    ByteWriter out;
    for (const auto& address : addresses) out.bytes(address.octets());
    return std::move(out).take();
}

Bytes octets_of(const std::vector<OptionCode>& codes) {
    ByteWriter out;
    for (const auto code : codes) out.u16(static_cast<std::uint16_t>(code));
    return std::move(out).take();
}

}  // namespace

std::string_view name_of(MessageType type) noexcept {
    constexpr std::array<std::string_view, 12> kNames{"?",       "SOLICIT", "ADVERTISE", "REQUEST",
                                                      "CONFIRM", "RENEW",   "REBIND",    "REPLY",
                                                      "RELEASE", "DECLINE", "?",         "INFORMATION-REQUEST"};
    const auto index = static_cast<std::size_t>(type);
    return kNames[index < kNames.size() ? index : 0];
}

std::variant<Message, DropReason> parse(ByteView payload) {
    if (payload.size() < kHeaderSize) return DropReason::short_message;
    ByteReader in(payload);
    const auto head = in.u32();
    const auto type = static_cast<std::uint8_t>(head >> kXidBits);
    if (!is_known(type)) return DropReason::unknown_message_type;
    Message message;
    message.type = MessageType{type};
    message.xid = head & ((1U << kXidBits) - 1);
    std::optional<Status> status;
    OptionWalk walk(in.bytes(in.remaining()));
    while (const auto option = walk.next()) {
        if (const auto fault = take_option(*option, message, status)) return *fault;
    }
    if (walk.overrun()) return DropReason::options_overrun;
    message.status = status.value_or(Status{});
    return message;
}

Bytes serialize(const Message& message) {
    constexpr std::size_t kUsualSize = 128;
    ByteWriter out(kUsualSize);
    out.u32(std::uint32_t{static_cast<std::uint8_t>(message.type)} << kXidBits |
            (message.xid & ((1U << kXidBits) - 1)));
    if (!message.client.empty()) write_option(out, OptionCode::client_identifier, message.client.octets());
    if (!message.server.empty()) write_option(out, OptionCode::server_identifier, message.server.octets());
    write_number(out, OptionCode::elapsed_time, message.elapsed);
    for (const auto& ia : message.ia_na) write_option(out, OptionCode::ia_na, serialize(ia));
    if (!message.requested.empty()) write_option(out, OptionCode::option_request, octets_of(message.requested));
    write_number(out, OptionCode::preference, message.preference);
    if (message.status != Status{}) write_option(out, OptionCode::status_code, serialize(message.status));
    if (message.rapid_commit) write_option(out, OptionCode::rapid_commit, {});
    if (!message.name_servers.empty()) write_option(out, OptionCode::name_servers, octets_of(message.name_servers));
    if (!message.search_domains.empty())
        write_option(out, OptionCode::domain_list, serialize_domain_list(message.search_domains));
    write_number(out, OptionCode::information_refresh_time, message.information_refresh_time);
    write_number(out, OptionCode::sol_max_rt, message.sol_max_rt);
    write_number(out, OptionCode::inf_max_rt, message.inf_max_rt);
    return std::move(out).take();
}

}  // namespace nlinit::dhcp6
