// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/client_config.hpp"

#include <algorithm>

namespace nlinit::dhcp {
namespace {

Bytes parameter_request_list_of(const ClientConfig& config) {
    using enum OptionCode;
    // RFC 3442: 121 before 3, so that a server short of room leaves out the lesser one.
    Bytes codes;
    for (const auto code : {subnet_mask, classless_static_route, router, name_server, host_name, domain_name,
                            interface_mtu, broadcast_address, static_route, ntp_server, lease_time, server_identifier,
                            renewal_time, rebinding_time, domain_search, captive_portal})
        codes.push_back(static_cast<std::uint8_t>(code));
    if (config.rules.ms_routes) codes.push_back(static_cast<std::uint8_t>(ms_classless_static_route));
    if (config.ipv6_only_preferred) codes.push_back(static_cast<std::uint8_t>(OptionCode::ipv6_only_preferred));
    for (const auto code : config.more_options) {
        if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
    }
    return codes;
}

// RFC 3004 4: each instance behind its length. Longer ones than that byte can say are cut.
Bytes user_class_data(std::string_view user_class) {
    user_class = user_class.substr(0, 254);
    Bytes data{static_cast<std::uint8_t>(user_class.size())};
    data.insert(data.end(), user_class.begin(), user_class.end());
    return data;
}

// RFC 2131 4.4.1: what DISCOVER and REQUEST tell of the client. DECLINE and RELEASE may hold no more than the identity.
Message identified(const ClientConfig& config, MessageType type, Envelope envelope) {
    Message message;
    message.type = type;
    message.xid = envelope.xid;
    message.elapsed = envelope.elapsed;
    message.chaddr = config.mac;
    if (config.send_client_identifier) message.options.set(OptionCode::client_identifier, client_identifier(config));
    return message;
}

Bytes identifier_of_hardware(const MacAddress& mac) {
    Bytes identifier{kHardwareEthernet};
    identifier.insert(identifier.end(), mac.octets().begin(), mac.octets().end());
    return identifier;
}

Message described(const ClientConfig& config, MessageType type, Envelope envelope) {
    Message message = identified(config, type, envelope);
    message.broadcast = config.broadcast_flag;
    message.options.set_u16(OptionCode::maximum_message_size, config.maximum_message_size);
    message.options.set(OptionCode::parameter_request_list, parameter_request_list_of(config));
    if (!config.host_name.empty()) message.options.set_text(OptionCode::host_name, config.host_name);
    if (!config.vendor_class.empty())
        message.options.set_text(OptionCode::vendor_class_identifier, config.vendor_class);
    if (!config.user_class.empty()) message.options.set(OptionCode::user_class, user_class_data(config.user_class));
    return message;
}

}  // namespace

Bytes client_identifier(const ClientConfig& config) {
    if (!config.send_client_identifier) return {};
    return config.client_identifier.empty() ? identifier_of_hardware(config.mac) : config.client_identifier;
}

bool is_our_identifier(ByteView echoed, const ClientConfig& config) {
    const Bytes ours = config.send_client_identifier ? client_identifier(config) : identifier_of_hardware(config.mac);
    return echoed.empty() || std::ranges::equal(echoed, ours);
}

Message make_discover(const ClientConfig& config, Envelope envelope, bool rapid_commit,
                      std::optional<Ipv4Address> preferred_address) {
    Message message = described(config, MessageType::discover, envelope);
    if (rapid_commit) message.options.set(OptionCode::rapid_commit, {});
    if (preferred_address) message.options.set_address(OptionCode::requested_address, *preferred_address);
    return message;
}

Message make_request(const ClientConfig& config, Envelope envelope, Ipv4Address address, Ipv4Address server) {
    Message message = make_reboot_request(config, envelope, address);
    message.options.set_address(OptionCode::server_identifier, server);
    return message;
}

Message make_reboot_request(const ClientConfig& config, Envelope envelope, Ipv4Address address) {
    Message message = described(config, MessageType::request, envelope);
    message.options.set_address(OptionCode::requested_address, address);
    return message;
}

Message make_renewal_request(const ClientConfig& config, Envelope envelope, Ipv4Address address) {
    Message message = described(config, MessageType::request, envelope);
    message.ciaddr = address;
    return message;
}

Message make_decline(const ClientConfig& config, Envelope envelope, Ipv4Address address, Ipv4Address server) {
    Message message = identified(config, MessageType::decline, envelope);
    message.options.set_address(OptionCode::requested_address, address);
    message.options.set_address(OptionCode::server_identifier, server);
    return message;
}

Message make_release(const ClientConfig& config, Envelope envelope, Ipv4Address address, Ipv4Address server) {
    Message message = identified(config, MessageType::release, envelope);
    message.ciaddr = address;
    message.options.set_address(OptionCode::server_identifier, server);
    return message;
}

}  // namespace nlinit::dhcp
