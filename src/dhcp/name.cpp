// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/name.hpp"

#include <algorithm>
#include <cstdint>

#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {
namespace {

constexpr std::size_t kMaxLabelSize = 63;  // RFC 1035 2.3.4
constexpr std::size_t kMaxNameSize = 253;  // 255 on the wire: a length byte more, and the root
constexpr std::size_t kMaxNames = 32;
constexpr std::uint8_t kPointer = 0xc0;  // RFC 1035 4.1.4
constexpr unsigned kPointerHighBits = 0x3f;
constexpr int kMaxJumps = 16;  // keeps a value full of pointers linear

// ASCII only, whatever the locale.
constexpr bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_name_character(char c) {
    return is_alphanumeric(c) || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= kMaxLabelSize && label.front() != '-' &&
           std::ranges::all_of(label, is_name_character);
}

// The name at `position`, in dotted form; `position` moves behind it. Nothing when it is malformed. A pointer must
// point before the start of the run of labels that it ends, so every jump goes backwards and the walk ends.
std::optional<std::string> read_name(ByteView data, std::size_t& position) {
    std::string name;
    std::size_t at = position;
    std::size_t run_start = position;
    int jumps = 0;
    while (at < data.size()) {
        const std::uint8_t length = data[at];
        if (length == 0) {
            if (jumps == 0) position = at + 1;
            return name;
        }
        if ((length & kPointer) == kPointer) {
            if (at + 1 >= data.size()) return std::nullopt;
            const std::size_t target = (length & kPointerHighBits) << 8 | data[at + 1];
            if (target >= run_start || jumps == kMaxJumps) return std::nullopt;
            if (jumps++ == 0) position = at + 2;
            at = run_start = target;
            continue;
        }
        if (length > kMaxLabelSize || at + 1 + length > data.size()) return std::nullopt;
        if (!name.empty()) name += '.';
        name.append(data.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                    data.begin() + static_cast<std::ptrdiff_t>(at) + 1 + length);
        if (name.size() > kMaxNameSize) return std::nullopt;
        at += 1U + length;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> valid_name(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > kMaxNameSize || Ipv4Address::parse(text)) return std::nullopt;
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) return std::nullopt;
        if (dot == std::string_view::npos) return std::string(text);
        rest.remove_prefix(dot + 1);
    }
}

std::vector<std::string> parse_domain_search(ByteView value, bool* complete) {
    std::vector<std::string> names;
    std::size_t position = 0;
    bool all = true;
    while (position < value.size() && names.size() < kMaxNames) {
        const auto name = read_name(value, position);
        if (!name) break;
        if (name->empty()) continue;  // the root, or padding
        auto valid = valid_name(*name);
        all = all && valid;
        if (valid) names.push_back(*std::move(valid));
    }
    if (complete != nullptr) *complete = all && position >= value.size();
    return names;
}

}  // namespace nlinit::dhcp
