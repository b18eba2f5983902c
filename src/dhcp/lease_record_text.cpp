// The text of a lease record.
#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <utility>

#include "nlinit/base/hex.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::dhcp {
namespace {

using std::chrono::seconds;

constexpr std::string_view kFormat = "# nlinit lease, version ";
constexpr std::string_view kTitle = "# nlinit lease, version 1";
constexpr std::string_view kOption = "option";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kInfiniteWord = "infinite";
constexpr std::string_view kUnknownWord = "unknown";
constexpr std::string_view kNoneWord = "none";
constexpr std::size_t kMaxClientIdentifier = 255;          // one option's length
constexpr std::uint8_t kMaxOptionCode = 254;               // 0 and 255 are of the layout
constexpr std::size_t kMaxBootId = 64;                     // a UUID has 36
constexpr std::int64_t kMaxUnixSeconds = 253'402'300'799;  // the end of the year 9999
// 136 years each way: with the longest lease added it still fits the nanoseconds of a TimePoint.
constexpr Duration kMaxBoottime = Lease::kInfinite;

// What is before the first separator and what is behind it.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    return {text.substr(0, end), text.substr(std::min(end + 1, text.size()))};
}

// Decimal digits and nothing else, for signed types with a sign before them.
template <std::integral T>
std::optional<T> number_in(std::string_view text, T lowest, T highest) {
    T value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value < lowest || value > highest) return std::nullopt;
    return value;
}

bool is_boot_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxBootId &&
           text.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

template <class T>
bool put(std::optional<T> value, T& where) {
    if (!value) return false;
    where = *std::move(value);
    return true;
}

bool put_client_identifier(std::string_view text, LeaseRecord& record) {
    return text == kNoneWord || (!text.empty() && text.size() <= kMaxClientIdentifier * 2 &&
                                 put(parse_hex(text), record.holder.client_identifier));
}

bool put_address(std::string_view text, LeaseRecord& record) {
    const auto [address, length] = cut(text, '/');
    return put(Ipv4Address::parse(address), record.address) &&
           put(number_in<std::uint8_t>(length, 0, Prefix::kMaxLength), record.prefix_length);
}

bool put_duration(std::string_view text, LeaseRecord& record) {
    const auto longest = static_cast<std::uint32_t>(Lease::kInfinite.count());
    const auto count = text == kInfiniteWord ? longest : number_in<std::uint32_t>(text, 1, longest - 1);
    record.duration = seconds(count.value_or(0));
    return count.has_value();
}

bool put_boottime(std::string_view text, LeaseRecord& record) {
    const auto count = number_in<Duration::rep>(text, -kMaxBoottime.count(), kMaxBoottime.count());
    record.acquired_at = TimePoint(Duration(count.value_or(0)));
    return count.has_value();
}

bool put_boot_id(std::string_view text, LeaseRecord& record) {
    record.boot_id = text == kUnknownWord ? std::string_view() : text;
    return text == kUnknownWord || is_boot_id(text);
}

// A line that every record has once: "KEY VALUE".
struct Field {
    std::string_view key, form;
    bool (*put)(std::string_view text, LeaseRecord& record);
    std::string (*print)(const LeaseRecord& record);
};

constexpr std::array<Field, 8> kFields{{
    {"mac", "six pairs of hexadecimal digits, as 52:54:00:12:34:56",
     [](std::string_view text, LeaseRecord& record) { return put(MacAddress::parse(text), record.holder.mac); },
     [](const LeaseRecord& record) { return record.holder.mac.to_string(); }},
    {"client-identifier", "1 to 255 bytes in hexadecimal, as 01525400123456, or 'none'", put_client_identifier,
     [](const LeaseRecord& record) {
         const auto& bytes = record.holder.client_identifier;
         return bytes.empty() ? std::string(kNoneWord) : to_hex(bytes);
     }},
    {"address", "an address and its prefix length, as 192.0.2.50/24", put_address,
     [](const LeaseRecord& record) { return record.address.to_string() + '/' + std::to_string(record.prefix_length); }},
    {"server", "an address, as 192.0.2.1",
     [](std::string_view text, LeaseRecord& record) { return put(Ipv4Address::parse(text), record.server); },
     [](const LeaseRecord& record) { return record.server.to_string(); }},
    {"duration", "1 to 4294967294 seconds, or 'infinite'", put_duration,
     [](const LeaseRecord& record) {
         return record.duration == Lease::kInfinite ? std::string(kInfiniteWord)
                                                    : std::to_string(record.duration.count());
     }},
    {"acquired", "seconds since 1970, up to the year 9999",
     [](std::string_view text, LeaseRecord& record) {
         return put(number_in<std::int64_t>(text, 0, kMaxUnixSeconds), record.acquired_unix);
     },
     [](const LeaseRecord& record) { return std::to_string(record.acquired_unix); }},
    {"acquired-boottime-ns", "nanoseconds of CLOCK_BOOTTIME, 136 years at most", put_boottime,
     [](const LeaseRecord& record) { return std::to_string(record.acquired_at.time_since_epoch().count()); }},
    {"boot-id", "that of /proc/sys/kernel/random/boot_id, or 'unknown'", put_boot_id,
     [](const LeaseRecord& record) { return record.boot_id.empty() ? std::string(kUnknownWord) : record.boot_id; }},
}};

// "2026-11-25T01:25:49Z".
std::string utc(std::int64_t unix_seconds) {
    const std::chrono::sys_seconds instant{seconds(unix_seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(instant - day);
    const auto two_digits = [](auto number) {
        const auto digits = std::to_string(number);
        return digits.size() < 2 ? '0' + digits : digits;
    };
    return std::to_string(static_cast<int>(date.year())) + '-' + two_digits(static_cast<unsigned>(date.month())) + '-' +
           two_digits(static_cast<unsigned>(date.day())) + 'T' + two_digits(time.hours().count()) + ':' +
           two_digits(time.minutes().count()) + ':' + two_digits(time.seconds().count()) + 'Z';
}

// The instants of the lease by the wall clock; nothing for a record that makes no lease.
std::string comment_on(const LeaseRecord& record) {
    const Clocks beginning{record.boot_id, record.acquired_at, record.acquired_unix};
    const auto lease = lease_of(record, record.holder, beginning, {});
    if (!lease.ok()) return {};
    const auto at = [&](TimePoint instant) {
        return utc(record.acquired_unix + std::chrono::floor<seconds>(instant - record.acquired_at).count());
    };
    const std::string begin = "# acquired " + utc(record.acquired_unix);
    if (lease->is_infinite()) return begin + ", never ends\n";
    return begin + ", T1 " + at(lease->renew_at) + ", T2 " + at(lease->rebind_at) + ", ends " + at(lease->expires_at) +
           '\n';
}

// Reads a record line by line and remembers which lines there were.
class RecordReader {
  public:
    // A complaint, or nothing.
    std::string take(std::string_view line) {
        ++line_;
        if (!std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }))
            return complaint("may hold nothing but printable ASCII");
        if (line_ == 1) return take_title(line);
        if (ended_) return complaint("follows 'end', which must be the last");
        if (line.empty() || line.front() == '#') return {};
        if (line == kEnd) return take_end();
        const auto [key, value] = cut(line, ' ');
        return take(key, value);
    }
    // When there are no more lines.
    [[nodiscard]] Result<LeaseRecord> finish() && {
        if (!ended_) return Error{0, "the last line must be 'end': the text was cut short"};
        return std::move(record_);
    }

  private:
    std::string complaint(std::string_view what) const {
        return "line " + std::to_string(line_) + ' ' + std::string(what);
    }

    std::string take_title(std::string_view line) const {
        if (line == kTitle) return {};
        if (line.starts_with(kFormat)) return complaint("must say version 1: no other is known");
        return complaint("must be '" + std::string(kTitle) + "'");
    }

    std::string take_end() {
        const auto missing = std::ranges::find(seen_, false);
        if (missing != seen_.end()) {
            const auto& field = kFields[static_cast<std::size_t>(missing - seen_.begin())];
            return complaint("is the end, but '" + std::string(field.key) + "' is missing: " + std::string(field.form));
        }
        ended_ = true;
        return {};
    }

    std::string take(std::string_view key, std::string_view value) {
        if (key == kOption) return take_option(value);
        const auto field = std::ranges::find(kFields, key, &Field::key);
        if (field == kFields.end()) return complaint("must begin with a key of a lease, 'option', 'end' or '#'");
        auto& seen = seen_[static_cast<std::size_t>(field - kFields.begin())];
        if (std::exchange(seen, true)) return complaint("gives '" + std::string(key) + "' a second time");
        if (field->put(value, record_)) return {};
        return complaint("must give '" + std::string(key) + "' as " + std::string(field->form));
    }

    // "3 c0000201"; an option of length 0 has its code only.
    std::string take_option(std::string_view text) {
        const auto [number, value] = cut(text, ' ');
        const auto code = number_in<std::uint8_t>(number, 1, kMaxOptionCode);
        const auto bytes = parse_hex(value);
        if (!code || !bytes)
            return complaint("must give an option's code, 1 to 254, and bytes in hexadecimal, as 'option 3 c0000201'");
        if (record_.options.has(static_cast<OptionCode>(*code)))
            return complaint("gives option " + std::to_string(*code) + " a second time");
        record_.options.set(static_cast<OptionCode>(*code), *bytes);
        return {};
    }

    LeaseRecord record_;
    std::array<bool, kFields.size()> seen_{};
    std::size_t line_ = 0;
    bool ended_ = false;
};

}  // namespace

std::string to_text(const LeaseRecord& record) {
    std::string text = std::string(kTitle) + '\n' + comment_on(record);
    for (const auto& field : kFields) text += std::string(field.key) + ' ' + field.print(record) + '\n';
    for (const auto& [code, value] : record.options.all()) {
        text += std::string(kOption) + ' ' + std::to_string(static_cast<unsigned>(code));
        if (!value.empty()) text += ' ' + to_hex(value);
        text += '\n';
    }
    return text + std::string(kEnd) + '\n';
}

Result<LeaseRecord> parse_lease_record(std::string_view text) {
    if (text.empty()) return Error{0, "it is empty"};
    if (text.size() > kMaxLeaseRecordSize)
        return Error{0,
                     "it is longer than the " + std::to_string(kMaxLeaseRecordSize) + " bytes that a lease may take"};
    RecordReader reader;
    while (!text.empty()) {
        const auto [line, rest] = cut(text, '\n');
        if (auto complaint = reader.take(line); !complaint.empty()) return Error{0, std::move(complaint)};
        text = rest;
    }
    return std::move(reader).finish();
}

}  // namespace nlinit::dhcp
