// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/ipv6_address.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "nlinit/base/append.hpp"

namespace nlinit {
namespace {

constexpr std::size_t kGroups = 8;

// One to four hexadecimal digits.
std::optional<std::uint16_t> parse_group(std::string_view text) {
    std::uint16_t value = 0;
    if (text.empty() || text.size() > 4) return std::nullopt;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Groups between colons, the last of them an IPv4 address if may_end_dotted; nothing of an empty text.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text, bool may_end_dotted) {
    std::vector<std::uint16_t> groups;
    while (!text.empty()) {
        const auto colon = text.find(':');
        const auto field = text.substr(0, colon);
        if (colon == text.npos && may_end_dotted && field.find('.') != field.npos) {
            const auto dotted = Ipv4Address::parse(field);
            if (!dotted) return std::nullopt;
            groups.push_back(static_cast<std::uint16_t>(dotted->to_integer() >> 16));
            groups.push_back(static_cast<std::uint16_t>(dotted->to_integer()));
            return groups;
        }
        const auto group = parse_group(field);
        if (!group || groups.size() == kGroups) return std::nullopt;
        groups.push_back(*group);
        if (colon == text.npos) return groups;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;  // a colon with nothing behind it
    }
    return groups;
}

struct ZeroRun {
    std::size_t begin = 0, size = 0;
};

// The run of zero groups that "::" stands for: the longest, the first of equals, of two groups or more (RFC 5952 4.2).
ZeroRun longest_zero_run(const Ipv6Address& address) {
    ZeroRun longest, present;
    for (std::size_t i = 0; i < kGroups; ++i) {
        if (address.group(i) != 0) {
            present = {};
            continue;
        }
        if (present.size == 0) present.begin = i;
        ++present.size;
        if (present.size > longest.size) longest = present;
    }
    return longest.size >= 2 ? longest : ZeroRun{};
}

void append_group(std::string& text, std::uint16_t group) {
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), group, 16).ptr;
    text.append(digits.begin(), end);
}

}  // namespace

std::optional<Ipv6Address> Ipv6Address::parse(std::string_view text) {
    const auto gap = text.find("::");
    const bool has_gap = gap != text.npos;
    const auto front = parse_groups(text.substr(0, gap), !has_gap);
    const auto back = parse_groups(has_gap ? text.substr(gap + 2) : std::string_view{}, true);
    if (!front || !back) return std::nullopt;
    const auto given = front->size() + back->size();
    if (has_gap ? given >= kGroups : given != kGroups) return std::nullopt;

    std::array<std::uint16_t, kGroups> groups{};
    std::copy(front->begin(), front->end(), groups.begin());
    std::copy_backward(back->begin(), back->end(), groups.end());
    Octets octets{};
    for (std::size_t i = 0; i < kGroups; ++i) {
        octets[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        octets[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
    }
    return Ipv6Address(octets);
}

std::string Ipv6Address::to_string() const {
    std::string text;
    const bool dotted = is_ipv4_mapped();  // RFC 5952 5
    const auto gap = longest_zero_run(*this);
    for (std::size_t i = 0; i < (dotted ? kGroups - 2 : kGroups); ++i) {
        if (gap.size > 0 && i == gap.begin) text += "::";
        if (i >= gap.begin && i < gap.begin + gap.size) continue;
        if (!text.empty() && text.back() != ':') text += ':';
        append_group(text, group(i));
    }
    if (!dotted) return text;
    return concat({text, ":", Ipv4Address(octets_[12], octets_[13], octets_[14], octets_[15]).to_string()});
}

Ipv6Address link_local_of(const MacAddress& mac) noexcept {
    const auto& m = mac.octets();
    constexpr std::uint8_t kUniversalLocal = 0x02;  // is inverted in a modified EUI-64
    return Ipv6Address({0xfe, 0x80, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(m[0] ^ kUniversalLocal), m[1], m[2],
                        0xff, 0xfe, m[3], m[4], m[5]});
}

}  // namespace nlinit
