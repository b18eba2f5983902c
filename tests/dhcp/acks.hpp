// SPDX-License-Identifier: Apache-2.0
// ACKs and the leases in them, for tests of what a lease becomes.
#pragma once

#include <gtest/gtest.h>

#include "nlinit/dhcp/lease.hpp"
#include "support/client_harness.hpp"

namespace nlinit::test {

inline constexpr Ipv4Address kServer{10, 0, 2, 2}, kRouter{10, 0, 2, 1};
inline constexpr TimePoint kRequestedAt{std::chrono::seconds(1000)};

// 10.0.2.15/24 for an hour, with a router.
inline dhcp::Message ack() {
    dhcp::Message message;
    message.op = dhcp::OpCode::boot_reply;
    message.type = dhcp::MessageType::ack;
    message.yiaddr = {10, 0, 2, 15};
    message.options.set_address(dhcp::OptionCode::server_identifier, kServer);
    message.options.set_u32(dhcp::OptionCode::lease_time, 3600);
    message.options.set_address(dhcp::OptionCode::subnet_mask, {255, 255, 255, 0});
    message.options.set_address(dhcp::OptionCode::router, kRouter);
    return message;
}

inline dhcp::Lease lease_of(const dhcp::Message& message, const dhcp::LeaseRules& rules = {},
                            Ipv4Address source = kServer) {
    const auto result = lease_from(message, source, kRequestedAt, rules);
    if (const auto* reason = std::get_if<DropReason>(&result)) {
        ADD_FAILURE() << "refused: " << name_of(*reason);
        return {};
    }
    return std::get<dhcp::Lease>(result);
}

inline std::optional<DropReason> refusal_of(const dhcp::Message& message, const dhcp::LeaseRules& rules = {},
                                            Ipv4Address source = kServer) {
    const auto result = lease_from(message, source, kRequestedAt, rules);
    if (const auto* reason = std::get_if<DropReason>(&result)) return *reason;
    return std::nullopt;
}

}  // namespace nlinit::test
