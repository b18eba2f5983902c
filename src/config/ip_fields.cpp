#include "ip_fields.hpp"

#include "nlinit/net/address.hpp"

namespace nlinit::config {

using std::string_view;

std::vector<string_view> split_fields(string_view value) {
    std::vector<string_view> fields;
    bool more = true;
    while (more && fields.size() < kMaxFields) {
        const auto bracket = value.starts_with('[') ? value.find(']') : string_view::npos;
        const auto colon = value.find(':', bracket == string_view::npos ? 0 : bracket);
        fields.push_back(value.substr(0, colon));
        more = colon != string_view::npos;
        if (more) value.remove_prefix(colon + 1);
    }
    while (!fields.empty() && fields.back().empty()) fields.pop_back();
    return fields;
}

bool looks_like_address(string_view text) noexcept {
    return text.starts_with('[') || text.find_first_not_of("0123456789./") == string_view::npos;
}

bool is_address_and_no_name(string_view text) {
    const bool has_parts = text.find_first_of("./") != string_view::npos;
    return (has_parts && looks_like_address(text)) || MacAddress::parse(text);
}

}  // namespace nlinit::config
