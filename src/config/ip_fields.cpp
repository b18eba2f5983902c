// SPDX-License-Identifier: Apache-2.0
#include "ip_fields.hpp"

#include "nlinit/net/address.hpp"

namespace nlinit::config {

using std::string_view;

namespace {

// Where the first field ends: a colon in brackets or in a MAC address is none between fields.
std::size_t end_of_field(string_view value) {
    constexpr std::size_t kMacSize = 17;
    const bool is_mac = MacAddress::parse(value.substr(0, kMacSize)).has_value();
    if (is_mac && (value.size() == kMacSize || value[kMacSize] == ':')) return value.find(':', kMacSize);
    const auto bracket = value.starts_with('[') ? value.find(']') : string_view::npos;
    return value.find(':', bracket == string_view::npos ? 0 : bracket);
}

}  // namespace

std::vector<string_view> split_fields(string_view value) {
    std::vector<string_view> fields;
    bool more = true;
    while (more && fields.size() < kMaxFields) {
        const auto colon = end_of_field(value);
        fields.push_back(value.substr(0, colon));
        more = colon != string_view::npos;
        if (more) value.remove_prefix(colon + 1);
    }
    while (!fields.empty() && fields.back().empty()) fields.pop_back();
    return fields;
}

string_view without_brackets(string_view text) noexcept {
    const bool has_both = text.size() > 2 && text.starts_with('[') && text.ends_with(']');
    return has_both ? text.substr(1, text.size() - 2) : text;
}

bool looks_like_address(string_view text) noexcept {
    return text.starts_with('[') || text.find_first_not_of("0123456789./") == string_view::npos;
}

bool is_address_and_no_name(string_view text) {
    const bool has_parts = text.find_first_of("./") != string_view::npos;
    return (has_parts && looks_like_address(text)) || MacAddress::parse(text);
}

}  // namespace nlinit::config
