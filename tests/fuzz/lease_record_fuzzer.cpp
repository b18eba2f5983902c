// SPDX-License-Identifier: Apache-2.0
// The lease file, and what the next boot makes of a record in it.
#include <cstdlib>

#include "nlinit/dhcp/lease_record.hpp"

namespace {

using namespace nlinit;

const dhcp::LeaseHolder kHolder{MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56}),
                                {0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

// Refused in one line; or a lease that goes on, began before now, and is written to the same effect.
void check(std::string_view text, const dhcp::Clocks& now) {
    const auto lease = lease_in(text, kHolder, now, {});
    if (!lease.ok()) {
        if (lease.error().what.empty() || lease.error().what.find('\n') != std::string::npos) std::abort();
        return;
    }
    if (lease->acquired_at > now.boottime || lease->expires_at <= now.boottime) std::abort();
    if (lease->renew_at > lease->rebind_at || lease->rebind_at > lease->expires_at) std::abort();
    if (!lease->address.is_host()) std::abort();
    const auto again = record_of(*lease, kHolder, now);
    if (again.size() > dhcp::kMaxLeaseRecordSize) return;  // by a few digits of its clocks
    const auto restored = lease_in(again, kHolder, now, {});
    if (!restored.ok() || *restored != *lease) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono_literals;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::int64_t wall : {std::int64_t{0}, std::int64_t{1'795'569'949}, std::int64_t{253'402'300'799}}) {
        check(text, {"5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11", TimePoint(1000s), wall});
        check(text, {"00000000-0000-0000-0000-000000000000", TimePoint(3s), wall});
        check(text, {"", TimePoint(3s), wall});
    }
    return 0;
}
