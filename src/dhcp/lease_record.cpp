// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_record.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include "nlinit/base/append.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::dhcp {
namespace {

using std::string_view;
using std::chrono::seconds;

constexpr std::int64_t kClockIsSet = 1'577'836'800;  // the year 2020: before it stands only a clock that was not set
constexpr std::int64_t kMaxUnixSeconds = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t kMaxClientIdentifier = 255;          // one option's length
constexpr std::int64_t kMaxOptionCode = 254;               // 0 and 255 are of the layout
constexpr string_view kNone = "none", kUnknown = "unknown";

struct Record {
    LeaseHolder holder;
    Message ack;
    std::int64_t prefix_length = 0, duration = 0, unix_seconds = 0, boottime = 0;
    Ipv4Address server;
    string_view boot_id;
};

template <class T>
bool put(std::optional<T> value, T& where) {
    if (!value) return false;
    where = *std::move(value);
    return true;
}

bool put_number(string_view text, std::int64_t lowest, std::int64_t highest, std::int64_t& where) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), where);
    return fault == std::errc{} && end == text.data() + text.size() && lowest <= where && where <= highest;
}

bool put_option(string_view text, Options& options) {
    std::int64_t code = 0;
    if (!put_number(take_field(text, ' '), 1, kMaxOptionCode, code)) return false;
    const auto bytes = parse_hex(text);
    if (!bytes || options.has(static_cast<OptionCode>(code))) return false;
    options.set(static_cast<OptionCode>(code), *bytes);
    return true;
}

// The lines in their order; a complaint about the first that is not as it must be, or nothing.
std::string read(string_view text, Record& record) {
    if (text.empty()) return "it is empty";
    if (text.size() > kMaxLeaseRecordSize) return "it is longer than a lease may be";
    std::string complaint;
    int number = 0;
    const auto line = [&](string_view key, string_view form, const auto& take) {
        if (!complaint.empty()) return;
        auto value = take_field(text, '\n');
        ++number;
        if (take_field(value, ' ') != key || !take(value))
            complaint = concat({"line ", std::to_string(number), " must be '", key, form, "'"});
    };
    const std::int64_t longest = Lease::kInfinite.count(), latest = Duration(Lease::kInfinite).count();
    line("#", " nlinit lease, version 2", [](string_view value) { return value == "nlinit lease, version 2"; });
    line("mac", " 52:54:00:12:34:56",
         [&](string_view value) { return put(MacAddress::parse(value), record.holder.mac); });
    line("client-identifier", " 01525400123456, 1 to 255 bytes in hexadecimal, or none", [&](string_view value) {
        auto& bytes = record.holder.client_identifier;
        return value == kNone ||
               (put(parse_hex(value), bytes) && !bytes.empty() && bytes.size() <= kMaxClientIdentifier);
    });
    line("address", " 192.0.2.50/24", [&](string_view value) {
        return put(Ipv4Address::parse(take_field(value, '/')), record.ack.yiaddr) &&
               put_number(value, 0, Prefix::kMaxLength, record.prefix_length);
    });
    line("server", " 192.0.2.1", [&](string_view value) { return put(Ipv4Address::parse(value), record.server); });
    line("duration", " 3600, in seconds, or 4294967295 for ever",
         [&](string_view value) { return put_number(value, 1, longest, record.duration); });
    line("acquired", " 1795569949, seconds since 1970",
         [&](string_view value) { return put_number(value, 0, kMaxUnixSeconds, record.unix_seconds); });
    line("acquired-boottime-ns", " 4711000000, of CLOCK_BOOTTIME",
         [&](string_view value) { return put_number(value, -latest, latest, record.boottime); });
    line("boot-id", " that of /proc/sys/kernel/random/boot_id, or unknown", [&](string_view value) {
        record.boot_id = value;
        return !value.empty();
    });
    while (complaint.empty() && text.starts_with("option"))
        line("option", " 3 c0000201, a code of 1 to 254, once, and bytes in hexadecimal",
             [&](string_view value) { return put_option(value, record.ack.options); });
    line("end", ", and the last", [&](string_view value) { return value.empty() && text.empty(); });
    return complaint;
}

// How long ago the lease began; nothing when no clock can tell.
std::optional<Duration> age_of(const Record& record, const Clocks& now) {
    const TimePoint acquired_at{Duration(record.boottime)};
    const bool same_boot = !now.boot_id.empty() && record.boot_id == now.boot_id;
    // In the same boot, but of the future: the machine is a copy that was resumed from before.
    if (same_boot && acquired_at <= now.boottime) return now.boottime - acquired_at;
    if (record.unix_seconds < kClockIsSet || now.unix_seconds < record.unix_seconds) return std::nullopt;
    return std::min(seconds(now.unix_seconds - record.unix_seconds), Lease::kInfinite);
}

}  // namespace

std::string record_of(const Lease& lease, const LeaseHolder& holder, const Clocks& now) {
    // Rounded up, so that the lease is rather older than younger.
    const auto age = std::chrono::ceil<seconds>(now.boottime - lease.acquired_at);
    const auto acquired = std::max(now.unix_seconds - age.count(), std::int64_t{0});
    const auto& identifier = holder.client_identifier;
    std::string text = "# nlinit lease, version 2";
    append(text, {"\nmac ", holder.mac.to_string(), "\nclient-identifier ",
                  identifier.empty() ? std::string(kNone) : to_hex(identifier), "\naddress ", lease.address.to_string(),
                  "/", std::to_string(lease.prefix_length), "\nserver ", lease.server.to_string(), "\nduration ",
                  std::to_string(lease.duration.count()), "\nacquired ", std::to_string(acquired),
                  "\nacquired-boottime-ns ", std::to_string(lease.acquired_at.time_since_epoch().count()), "\nboot-id ",
                  now.boot_id.empty() ? kUnknown : string_view(now.boot_id), "\n"});
    for (const auto& [code, value] : lease.options.all())
        append(text,
               {"option ", std::to_string(static_cast<unsigned>(code)), value.empty() ? "" : " ", to_hex(value), "\n"});
    return text + "end\n";
}

Result<Lease> lease_in(string_view text, const LeaseHolder& holder, const Clocks& now, LeaseRules rules) {
    Record record;
    if (auto complaint = read(text, record); !complaint.empty()) return Error{0, std::move(complaint)};
    if (record.holder.mac != holder.mac)
        return Error{
            0, concat({"it is the lease of ", record.holder.mac.to_string(), ", not of ", holder.mac.to_string()})};
    if (record.holder != holder) return Error{0, "it is the lease of another client identifier than the link's"};
    record.ack.type = MessageType::ack;
    rules.fallback_duration = seconds(record.duration);  // what was granted holds, whatever would be made of it now
    const auto acquired_at = now.boottime - age_of(record, now).value_or(Duration::zero());
    auto made = lease_from(record.ack, record.server, acquired_at, rules);
    if (const auto* reason = std::get_if<DropReason>(&made))
        return Error{0, "its lease would be one of those " + std::string(explanation_of(*reason))};
    auto& lease = std::get<Lease>(made);
    if (lease.prefix_length != record.prefix_length)
        return Error{0, "its address and its option 1 contradict each other"};
    if (lease.duration.count() != record.duration)
        return Error{0, "its duration and its option 51 contradict each other"};
    if (lease.server != record.server) return Error{0, "its server and its option 54 contradict each other"};
    if (lease.expires_at > now.boottime) return std::move(lease);
    const auto over_for = std::chrono::floor<seconds>(now.boottime - lease.expires_at);
    return Error{0, concat({"the lease ended ", std::to_string(over_for.count()), " s ago"})};
}

}  // namespace nlinit::dhcp
