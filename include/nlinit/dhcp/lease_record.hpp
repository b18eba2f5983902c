// SPDX-License-Identifier: Apache-2.0
// A lease on paper: what the next boot needs to ask for the same address (INIT-REBOOT, RFC 2131 3.2). It is the ACK,
// whose it is and when it came, a line each and in this order:
//
//     # nlinit lease, version 2
//     mac 52:54:00:12:34:56
//     client-identifier 01525400123456
//     address 192.0.2.50/24
//     server 192.0.2.1
//     duration 3600
//     acquired 1795569949
//     acquired-boottime-ns 4711000000
//     boot-id 5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11
//     option 1 ffffff00
//     …
//     end
//
// The options are kept as they were received, and lease_from() makes of them what it made of the ACK. What the other
// lines repeat of them is for the reader, and must agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {

// Whom a server knows a lease's holder by. Not the name of the interface, which another boot may give to another link.
struct LeaseHolder {
    MacAddress mac;
    Bytes client_identifier;  // option 61, as client_identifier() makes it; empty: "none"
    friend bool operator==(const LeaseHolder&, const LeaseHolder&) = default;
};

// What time it is, and in which boot.
struct Clocks {
    std::string boot_id;  // /proc/sys/kernel/random/boot_id; empty: not known
    TimePoint boottime{};
    std::int64_t unix_seconds = 0;
};

inline constexpr std::size_t kMaxLeaseRecordSize = 65536;

[[nodiscard]] std::string record_of(const Lease& lease, const LeaseHolder& holder, const Clocks& now);

// The lease in a record, with its instants on the clock of this boot. An error is one sentence: with the line at fault
// and what it would have to be, or why the lease is not to be asked for: it is another holder's, it is over, or its
// lines contradict each other. How much of it is over is told
// - in the boot in which it began by CLOCK_BOOTTIME alone, whatever was done to the wall clock since;
// - in another boot by the wall clock;
// - by nothing, when the wall clock was not set then or is not set now (a VM without an RTC starts in 1970) or stands
//   before the beginning of the lease. Then the lease counts as new. That is too long, and does no harm as long as the
//   lease is only asked for, as in ClientConfig::previous_lease: the server knows its end, and its ACK sets it anew.
// An infinite lease is never over.
[[nodiscard]] Result<Lease> lease_in(std::string_view record, const LeaseHolder& holder, const Clocks& now,
                                     LeaseRules rules);

}  // namespace nlinit::dhcp
