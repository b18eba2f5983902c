// A lease on paper: what the next boot needs to ask for the same address (INIT-REBOOT, RFC 2131 3.2), as a value and as
// text that a person can read.
//
//     # nlinit lease, version 1
//     # acquired 2026-11-25T01:25:49Z, T1 2026-11-25T01:55:49Z, T2 2026-11-25T02:18:19Z, ends 2026-11-25T02:25:49Z
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
// The options are kept as they were received, and routes, names and timers are taken from them by lease_from() as they
// were from the ACK. What the other lines repeat of them is for the reader, and must agree.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/option.hpp"
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

struct LeaseRecord {
    LeaseHolder holder;
    Ipv4Address address;
    std::uint8_t prefix_length = 32;
    Ipv4Address server;
    std::chrono::seconds duration{0};  // Lease::kInfinite: "infinite"
    std::int64_t acquired_unix = 0;    // when the lease began, by the wall clock
    TimePoint acquired_at{};           // and by the clock of the boot in which it did
    std::string boot_id;               // that boot; empty: "unknown"
    Options options;
    friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

[[nodiscard]] LeaseRecord record_of(const Lease& lease, const LeaseHolder& holder, const Clocks& now);

inline constexpr std::size_t kMaxLeaseRecordSize = 65536;

[[nodiscard]] std::string to_text(const LeaseRecord& record);
// The whole record, or one sentence with the line at fault and what it would have to say. Lines that begin with '#' are
// comments, but for the first; the last is "end", so that a text that was cut short is none.
[[nodiscard]] Result<LeaseRecord> parse_lease_record(std::string_view text);

// The lease in a record, with its instants on the clock of this boot, or why it is not to be asked for: it is another
// holder's, it is over, or its lines contradict each other. How much of it is over is told
// - in the boot in which it began by CLOCK_BOOTTIME alone, whatever was done to the wall clock since;
// - in another boot by the wall clock;
// - by nothing, when the wall clock was not set then or is not set now (a VM without an RTC starts in 1970) or stands
//   before the beginning of the lease. Then the lease counts as new. That is too long, and does no harm as long as the
//   lease is only asked for, as in ClientConfig::previous_lease: the server knows its end, and its ACK sets it anew.
// An infinite lease is never over.
[[nodiscard]] Result<Lease> lease_of(const LeaseRecord& record, const LeaseHolder& holder, const Clocks& now,
                                     const LeaseRules& rules);

}  // namespace nlinit::dhcp
