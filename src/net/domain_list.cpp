// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/domain_list.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "nlinit/base/text.hpp"
#include "nlinit/net/domain_name.hpp"

namespace nlinit {
namespace {

constexpr std::uint8_t kMaxLabelOctets = 63;  // RFC 1035 2.3.4; above it are pointers (4.1.4) and reserved types

// The name in dotted form, empty for the root; nothing when it is malformed. A dot inside of a label would make two
// labels of it.
std::optional<std::string> read_name(ByteReader& in) {
    std::string name;
    for (;;) {
        const auto length = in.u8();
        if (length > kMaxLabelOctets || in.overrun()) return std::nullopt;
        if (length == 0) return name;
        const auto label = in.bytes(length);
        if (in.overrun() || std::ranges::find(label, std::uint8_t{'.'}) != label.end()) return std::nullopt;
        if (!name.empty()) name += '.';
        name.append(label.begin(), label.end());
        if (name.size() > kMaxDomainName) return std::nullopt;
    }
}

}  // namespace

DomainList parse_domain_list(ByteView data, std::size_t limit) {
    DomainList list;
    ByteReader in(data);
    while (!in.at_end()) {
        const auto read = read_name(in);
        if (!read) return {std::move(list.names), false};
        if (read->empty()) continue;
        auto name = parse_domain_name(*read);
        if (name && std::ranges::find(list.names, *name) != list.names.end()) continue;
        if (!name || list.names.size() == limit) {
            list.complete = false;
        } else {
            list.names.push_back(*std::move(name));
        }
    }
    return list;
}

Bytes serialize_domain_list(std::span<const std::string> names) {
    ByteWriter out;
    for (const std::string_view name : names) {
        for (const auto label : split(name, '.')) {
            out.u8(static_cast<std::uint8_t>(label.size()));
            for (const char letter : label) out.u8(static_cast<std::uint8_t>(letter));
        }
        out.u8(0);
    }
    return std::move(out).take();
}

}  // namespace nlinit
