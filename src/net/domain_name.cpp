// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/domain_name.hpp"

#include <algorithm>

#include "nlinit/net/address.hpp"

namespace nlinit {
namespace {

// ASCII only, whatever the locale.
bool is_of_a_label(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= kMaxDomainLabel && std::ranges::all_of(label, is_of_a_label) &&
           label.front() != '-' && label.back() != '-';
}

}  // namespace

std::optional<std::string> parse_domain_name(std::string_view text, std::size_t max_size) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.size() > max_size || Ipv4Address::parse(text)) return std::nullopt;
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) return std::nullopt;
        if (dot == std::string_view::npos) return std::string(text);
        rest.remove_prefix(dot + 1);
    }
}

}  // namespace nlinit
