// SPDX-License-Identifier: Apache-2.0
// Amounts of memory in words, as cgroups are given them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// Parses "512M", "2G" or "65536K" into bytes, at least 4 MiB; "max" means all memory that the machine has.
inline constexpr std::uint64_t kMemoryWithoutLimit = ~std::uint64_t{0};
[[nodiscard]] std::optional<std::uint64_t> parse_memory(std::string_view text);
// Writes bytes in the largest unit of which there is a whole one, rounded down: "512M", "max".
[[nodiscard]] std::string memory_text(std::uint64_t bytes);

}  // namespace nlinit
