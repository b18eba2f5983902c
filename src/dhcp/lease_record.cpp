#include "nlinit/dhcp/lease_record.hpp"

#include <algorithm>
#include <optional>
#include <variant>

namespace nlinit::dhcp {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kClockIsSet = 1'577'836'800;  // the year 2020: before it stands only a clock that was not set

// How long ago the lease began; nothing when no clock can tell.
std::optional<Duration> age_of(const LeaseRecord& record, const Clocks& now) {
    const bool same_boot = !record.boot_id.empty() && record.boot_id == now.boot_id;
    // In the same boot, but of the future: the machine is a copy that was resumed from before.
    if (same_boot && record.acquired_at <= now.boottime) return now.boottime - record.acquired_at;
    if (record.acquired_unix < kClockIsSet || now.unix_seconds < record.acquired_unix) return std::nullopt;
    return std::min(seconds(now.unix_seconds - record.acquired_unix), Lease::kInfinite);
}

std::variant<Lease, DropReason> lease_in(const LeaseRecord& record, TimePoint acquired_at, LeaseRules rules) {
    rules.fallback_duration = record.duration;  // what was granted holds, whatever would be made of it now
    Message ack;
    ack.type = MessageType::ack;
    ack.yiaddr = record.address;
    ack.options = record.options;
    return lease_from(ack, record.server, acquired_at, rules);
}

// What is for the reader is not believed blindly: it was edited, or the options were.
std::optional<std::string> contradiction(const LeaseRecord& record, const Lease& lease) {
    if (lease.prefix_length != record.prefix_length) return "its prefix length and its option 1 contradict each other";
    if (lease.duration != record.duration) return "its duration and its option 51 contradict each other";
    if (lease.server != record.server) return "its server and its option 54 contradict each other";
    return std::nullopt;
}

}  // namespace

LeaseRecord record_of(const Lease& lease, const LeaseHolder& holder, const Clocks& now) {
    LeaseRecord record;
    record.holder = holder;
    record.address = lease.address;
    record.prefix_length = lease.prefix_length;
    record.server = lease.server;
    record.duration = lease.duration;
    // Rounded up, so that the lease is rather older than younger.
    const auto age = std::chrono::ceil<seconds>(now.boottime - lease.acquired_at);
    record.acquired_unix = std::max(now.unix_seconds - age.count(), std::int64_t{0});
    record.acquired_at = lease.acquired_at;
    record.boot_id = now.boot_id;
    record.options = lease.options;
    return record;
}

Result<Lease> lease_of(const LeaseRecord& record, const LeaseHolder& holder, const Clocks& now,
                       const LeaseRules& rules) {
    if (record.holder.mac != holder.mac)
        return Error{0, "it is the lease of " + record.holder.mac.to_string() + ", not of " + holder.mac.to_string()};
    if (record.holder.client_identifier != holder.client_identifier)
        return Error{0, "it is the lease of another client identifier than the link's"};
    auto result = lease_in(record, now.boottime - age_of(record, now).value_or(Duration::zero()), rules);
    if (const auto* reason = std::get_if<DropReason>(&result))
        return Error{0, "its lease would be one of those " + std::string(explanation_of(*reason))};
    auto& lease = *std::get_if<Lease>(&result);
    if (auto fault = contradiction(record, lease)) return Error{0, *std::move(fault)};
    if (lease.expires_at <= now.boottime) {
        const auto over_for = std::chrono::floor<seconds>(now.boottime - lease.expires_at);
        return Error{0, "the lease ended " + std::to_string(over_for.count()) + " s ago"};
    }
    return std::move(lease);
}

}  // namespace nlinit::dhcp
