// SPDX-License-Identifier: Apache-2.0
// A lease, its record and the clocks of its boot, for tests of what the next boot makes of it.
#pragma once

#include <string>

#include "dhcp/acks.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::test {

inline const dhcp::LeaseHolder kHolder{kGuestMac, {1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};
inline constexpr std::int64_t kNow = 1'795'569'949;  // 2026-11-25T01:25:49Z

// Ten seconds into the lease of ack().
inline dhcp::Clocks first_boot() {
    return {"5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11", kRequestedAt + std::chrono::seconds(10), kNow + 10};
}

inline std::string record_of_ack(const dhcp::Message& message = ack()) {
    return record_of(lease_of(message), kHolder, first_boot());
}

// That of ack().
inline const std::string kText =
    "# nlinit lease, version 2\n"
    "mac 52:54:00:12:34:56\n"
    "client-identifier 01525400123456\n"
    "address 10.0.2.15/24\n"
    "server 10.0.2.2\n"
    "duration 3600\n"
    "acquired 1795569949\n"
    "acquired-boottime-ns 1000000000000\n"
    "boot-id 5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11\n"
    "option 54 0a000202\n"
    "option 51 00000e10\n"
    "option 1 ffffff00\n"
    "option 3 0a000201\n"
    "end\n";

// kText with one part of it replaced.
inline std::string with(const std::string& part, const std::string& replacement) {
    auto text = kText;
    const auto at = text.find(part);
    if (at == std::string::npos) ADD_FAILURE() << "no '" << part << "' to replace";
    return text.replace(at, part.size(), replacement);
}

}  // namespace nlinit::test
