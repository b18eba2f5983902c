// Amounts of memory in words, as cgroups are given them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// Bytes: "512M", "2G", "65536K", of 4 MiB or more, and "max", for as much as there is.
inline constexpr std::uint64_t kMemoryWithoutLimit = ~std::uint64_t{0};
[[nodiscard]] std::optional<std::uint64_t> parse_memory(std::string_view text);
// In the largest unit that fits, rounded down: "512M", "max".
[[nodiscard]] std::string memory_text(std::uint64_t bytes);

}  // namespace nlinit
