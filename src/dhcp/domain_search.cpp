// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/domain_search.hpp"

#include <algorithm>
#include <cstdint>

#include "nlinit/net/domain_name.hpp"

namespace nlinit::dhcp {
namespace {

constexpr std::size_t kMaxNames = 32;
constexpr std::uint8_t kPointer = 0xc0;  // RFC 1035 4.1.4
constexpr unsigned kPointerHighBits = 0x3f;
constexpr char kUnfit = ' ';   // for parse_domain_name()
constexpr int kMaxJumps = 16;  // keeps a value full of pointers linear

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
        if (length > kMaxDomainLabel || at + 1 + length > data.size()) return std::nullopt;
        const auto label = data.subspan(at + 1, length);
        if (!name.empty()) name += '.';
        name.append(label.begin(), label.end());
        // Two labels would be made of it: no name is left, and those behind it count.
        if (std::ranges::find(label, std::uint8_t{'.'}) != label.end()) name += kUnfit;
        if (name.size() > kMaxDomainName) return std::nullopt;
        at += 1U + length;
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> parse_domain_search(ByteView value, bool* complete) {
    std::vector<std::string> names;
    std::size_t position = 0;
    bool all = true;
    while (position < value.size() && names.size() < kMaxNames) {
        const auto name = read_name(value, position);
        if (!name) break;
        if (name->empty()) continue;  // the root, or padding
        auto valid = parse_domain_name(*name);
        all = all && valid;
        if (valid && std::ranges::find(names, *valid) == names.end()) names.push_back(*std::move(valid));
    }
    if (complete != nullptr) *complete = all && position >= value.size();
    return names;
}

}  // namespace nlinit::dhcp
