// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/primary_interface.hpp"

#include <algorithm>
#include <array>

namespace nlinit {
namespace {

constexpr std::array<std::string_view, 8> kVirtualPrefixes{"dummy", "veth",  "br-", "docker",
                                                           "sit",   "vmtap", "tun", "ifb"};

constexpr std::string_view kPrimary = "primary";

// What the kernel tells of where a link is from. Before Linux 5.14 it does not name the hardware, but always the kind.
enum class Origin : std::uint8_t { hardware, unknown, software };

Origin origin_of(const Link& link) noexcept {
    if (link.has_device) return Origin::hardware;
    return link.kind.empty() ? Origin::unknown : Origin::software;
}

// The size of "[a-c]", "[!x]" at the beginning (glob(7)); 0 where it is not closed and '[' means itself.
std::size_t size_of_class(std::string_view pattern) noexcept {
    if (!pattern.starts_with('[')) return 0;
    const std::size_t first = pattern.substr(1).find_first_not_of("!^") == 0 ? 1 : 2;
    const auto end = pattern.find(']', first + 1);  // one that is the first means itself
    return end == std::string_view::npos ? 0 : end + 1;
}

bool is_in_class(std::string_view pattern, char letter) noexcept {
    auto content = pattern.substr(1, pattern.size() - 2);
    const bool negated = content.starts_with('!') || content.starts_with('^');
    content.remove_prefix(negated ? 1 : 0);
    bool found = false;
    while (!content.empty()) {
        const bool is_range = content.size() >= 3 && content[1] == '-';
        found |= is_range ? content[0] <= letter && letter <= content[2] : content[0] == letter;
        content.remove_prefix(is_range ? 3 : 1);
    }
    return found != negated;
}

// How much of the pattern takes this letter; 0: it does not, or begins with a star.
std::size_t takes(std::string_view pattern, char letter) noexcept {
    if (pattern.empty() || pattern.front() == '*') return 0;
    if (const auto size = size_of_class(pattern); size > 0)
        return is_in_class(pattern.substr(0, size), letter) ? size : 0;
    return pattern.front() == '?' || pattern.front() == letter ? 1 : 0;
}

bool is_candidate(const Link& link) {
    return link.ethernet && !is_virtual_name(link.name);
}

}  // namespace

bool is_virtual_name(std::string_view name) noexcept {
    return name == "lo" ||
           std::ranges::any_of(kVirtualPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

const Link* primary_interface(std::span<const Link> links) noexcept {
    const Link* first = nullptr;
    for (const auto& link : links) {
        if (!is_candidate(link)) continue;
        const bool before = first == nullptr || origin_of(link) < origin_of(*first) ||
                            (origin_of(link) == origin_of(*first) && link.name < first->name);
        if (before) first = &link;
    }
    return first;
}

MatchKind kind_of(std::string_view match) noexcept {
    if (match == kPrimary) return MatchKind::primary;
    return is_glob(match) ? MatchKind::glob : MatchKind::exact;
}

bool is_glob(std::string_view name) noexcept {
    return name.find_first_of(kWildcards) != std::string_view::npos;
}

// fnmatch(3) would do, but core calls nothing of the system. Backtracks to the last star only: linear in practice,
// quadratic at worst, on names of 15 bytes.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
    while (t < text.size()) {
        if (const auto taken = takes(pattern.substr(p), text[t]); taken > 0) {
            p += taken, ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches(const Link& link, std::string_view match) {
    if (const auto mac = MacAddress::parse(match)) return link.mac == *mac || link.permanent_mac == *mac;
    if (link.name == match) return true;  // the kernel lets a name have '*', '?' and '['
    const auto named = match.substr(0, match.find_first_of(kWildcards));
    if (named.size() < match.size() && is_virtual_name(link.name) && !is_virtual_name(named)) return false;
    return glob_matches(match, link.name);
}

const Link* find_interface(std::span<const Link> links, std::string_view match) {
    if (match == kPrimary) return primary_interface(links);
    const Link* first = nullptr;
    const bool by_mac = MacAddress::parse(match).has_value();  // which a NIC shares with the VLANs on it
    for (const auto& link : links) {
        if (!matches(link, match)) continue;
        if (link.name == match) return &link;
        if (first == nullptr || (by_mac && origin_of(link) < origin_of(*first))) first = &link;
    }
    return first;
}

}  // namespace nlinit
