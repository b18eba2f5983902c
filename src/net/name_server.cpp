// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/name_server.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

constexpr std::size_t kMaxLinkName = 15;  // IFNAMSIZ of linux/if.h, less the NUL

// What a line of resolv.conf can hold, and the kernel takes for the name of a link (dev_valid_name()).
bool is_zone(std::string_view text) {
    const auto is_name_character = [](char c) { return c > ' ' && c <= '~' && c != '/' && c != ':' && c != '%'; };
    return !text.empty() && text.size() <= kMaxLinkName && std::ranges::all_of(text, is_name_character);
}

}  // namespace

std::optional<NameServer> NameServer::parse(std::string_view text) {
    const auto scoped = split_pair(text, '%');
    const auto address = IpAddress::parse(scoped ? scoped->first : text);
    if (!address || !(address->is_host() || address->is_loopback())) return std::nullopt;
    if (!scoped) return NameServer(*address);
    if (!address->is_link_local() || !is_zone(scoped->second)) return std::nullopt;
    return NameServer(*address, std::string(scoped->second));
}

std::string NameServer::to_string() const {
    return zone.empty() ? address.to_string() : concat({address.to_string(), "%", zone});
}

}  // namespace nlinit
