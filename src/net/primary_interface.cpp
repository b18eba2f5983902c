#include "nlinit/net/primary_interface.hpp"

#include <algorithm>
#include <array>

namespace nlinit {
namespace {

constexpr std::array<std::string_view, 8> kVirtualPrefixes{"dummy", "veth",  "br-", "docker",
                                                           "sit",   "vmtap", "tun", "ifb"};

constexpr std::string_view kPrimary = "primary";
constexpr std::string_view kWildcards = "*?";

// What the kernel tells of where a link is from. Before Linux 5.14 it does not name the hardware, but always the kind.
enum class Origin : std::uint8_t { hardware, unknown, software };

Origin origin_of(const Link& link) noexcept {
    if (link.has_device) return Origin::hardware;
    return link.kind.empty() ? Origin::unknown : Origin::software;
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
    return match.find_first_of(kWildcards) == std::string_view::npos ? MatchKind::exact : MatchKind::glob;
}

// fnmatch(3) would do, but core calls nothing of the system. Backtracks to the last star only: linear in practice,
// quadratic at worst, on names of 15 bytes.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
            ++p, ++t;
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
        if (first == nullptr || (by_mac && origin_of(link) < origin_of(*first))) first = &link;
    }
    return first;
}

}  // namespace nlinit
