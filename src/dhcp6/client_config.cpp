// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/client_config.hpp"

#include <algorithm>

namespace nlinit::dhcp6 {
namespace {

// RFC 8415 21.9: in hundredths of a second, and 0xffff for all that is longer.
std::uint16_t hundredths(Duration elapsed) {
    constexpr Duration kHundredth = std::chrono::milliseconds(10);
    constexpr std::int64_t kMost = 0xffff;
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(elapsed / kHundredth, 0, kMost));
}

Message identified(const ClientConfig& config, MessageType type, Envelope envelope) {
    Message message;
    message.type = type;
    message.xid = envelope.xid;
    message.client = config.duid;
    message.elapsed = hundredths(envelope.elapsed);
    return message;
}

// A client that asks for any option has to ask for SOL_MAX_RT too (RFC 8415 18.2.1).
Message asking(const ClientConfig& config, MessageType type, Envelope envelope) {
    Message message = identified(config, type, envelope);
    message.requested = {OptionCode::name_servers, OptionCode::domain_list, OptionCode::sol_max_rt};
    return message;
}

}  // namespace

IaNa ia_of(const Lease& lease) {
    IaNa ia;
    ia.iaid = lease.iaid;
    for (const auto& leased : lease.addresses) ia.addresses.push_back({leased.address, 0, 0, StatusCode::success});
    return ia;
}

Message make_solicit(const ClientConfig& config, Envelope envelope) {
    Message message = asking(config, MessageType::solicit, envelope);
    message.ia_na.emplace_back().iaid = config.iaid;
    message.rapid_commit = config.rapid_commit;
    return message;
}

Message make_request(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = asking(config, MessageType::request, envelope);
    message.server = lease.server;
    message.ia_na.push_back(ia_of(lease));
    return message;
}

Message make_confirm(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = identified(config, MessageType::confirm, envelope);
    message.ia_na.push_back(ia_of(lease));
    return message;
}

Message make_renew(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = make_rebind(config, envelope, lease);
    message.type = MessageType::renew;
    message.server = lease.server;
    return message;
}

Message make_rebind(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = asking(config, MessageType::rebind, envelope);
    message.ia_na.push_back(ia_of(lease));
    return message;
}

Message make_decline(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = make_release(config, envelope, lease);
    message.type = MessageType::decline;
    return message;
}

Message make_release(const ClientConfig& config, Envelope envelope, const Lease& lease) {
    Message message = identified(config, MessageType::release, envelope);
    message.server = lease.server;
    message.ia_na.push_back(ia_of(lease));
    return message;
}

// RFC 8415 18.2.6.
Message make_information_request(const ClientConfig& config, Envelope envelope) {
    Message message = identified(config, MessageType::information_request, envelope);
    message.requested = {OptionCode::name_servers, OptionCode::domain_list, OptionCode::information_refresh_time,
                         OptionCode::inf_max_rt};
    return message;
}

}  // namespace nlinit::dhcp6
