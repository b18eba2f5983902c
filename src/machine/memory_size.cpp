// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/memory_size.hpp"

#include "nlinit/base/number.hpp"

namespace nlinit {
namespace {

constexpr std::string_view kMemoryUnits = "KMGT";

}  // namespace

std::optional<std::uint64_t> parse_memory(std::string_view text) {
    constexpr std::uint64_t kLeast = 4 << 20;
    if (text == "max") return kMemoryWithoutLimit;
    const auto unit = text.empty() ? std::string_view::npos : kMemoryUnits.find(text.back());
    if (unit == std::string_view::npos) return std::nullopt;
    text.remove_suffix(1);
    const auto number = parse_number<std::uint32_t>(text);
    if (!number) return std::nullopt;
    const std::uint64_t bytes = std::uint64_t{*number} << (10 * (unit + 1));
    return bytes < kLeast || bytes >> (10 * (unit + 1)) != *number ? std::nullopt : std::optional(bytes);
}

std::string memory_text(std::uint64_t bytes) {
    if (bytes == kMemoryWithoutLimit) return "max";
    std::size_t unit = 0;
    bytes >>= 10;
    while (unit + 1 < kMemoryUnits.size() && bytes >= 1024 && bytes % 1024 == 0) {
        bytes >>= 10;
        ++unit;
    }
    return std::to_string(bytes) + kMemoryUnits[unit];
}

}  // namespace nlinit
