// The lease file, and what the next boot makes of a record in it.
#include <cstdlib>

#include "nlinit/dhcp/lease_record.hpp"

namespace {

using namespace nlinit;

bool is_one_line(const std::string& text) {
    return !text.empty() && text.find('\n') == std::string::npos;
}

// A lease that is handed out goes on, began before now, and is written to the same effect.
void check_lease(const dhcp::LeaseRecord& record, const dhcp::Clocks& now) {
    const auto lease = lease_of(record, record.holder, now, {});
    if (!lease.ok()) {
        if (!is_one_line(lease.error().what)) std::abort();
        return;
    }
    if (lease->acquired_at > now.boottime || lease->expires_at <= now.boottime) std::abort();
    if (lease->renew_at > lease->rebind_at || lease->rebind_at > lease->expires_at) std::abort();
    if (!lease->address.is_host() || lease->options != record.options) std::abort();
    const auto again = dhcp::parse_lease_record(to_text(record_of(*lease, record.holder, now)));
    if (!again.ok()) std::abort();
    const auto restored = lease_of(*again, record.holder, now, {});
    if (!restored.ok() || *restored != *lease) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono_literals;
    const auto record = dhcp::parse_lease_record(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!record.ok()) {
        if (!is_one_line(record.error().what)) std::abort();
        return 0;
    }
    const auto text = to_text(*record);
    if (text.size() > dhcp::kMaxLeaseRecordSize) return 0;  // by the comment, which may have been shorter or not there
    const auto again = dhcp::parse_lease_record(text);
    if (!again.ok() || *again != *record) std::abort();
    for (const std::int64_t wall : {std::int64_t{0}, std::int64_t{1'795'569'949}, record->acquired_unix}) {
        check_lease(*record, {record->boot_id, TimePoint(1000s), wall});
        check_lease(*record, {"00000000-0000-0000-0000-000000000000", TimePoint(3s), wall});
        check_lease(*record, {"", TimePoint(3s), wall});
    }
    return 0;
}
