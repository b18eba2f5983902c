// SPDX-License-Identifier: Apache-2.0
// Swap space as a configuration asks for it, and its first page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/base/log_level.hpp"

namespace nlinit {

struct SwapRow {
    std::string device;                     // as machine/device_name has it; empty: memory, compressed
    std::string size, algorithm;            // of zram: "512M" or "50%"; "zstd", or empty for the kernel's own choice
    std::optional<std::uint16_t> priority;  // swapon(2): 0 to 32767, the highest first; none: after those that have one
    Importance importance = Importance::ordinary;
    friend bool operator==(const SwapRow&, const SwapRow&) = default;
};

// The device, or "zram".
[[nodiscard]] std::string name_of(const SwapRow& row);

// The bytes that "512M" stands for, or "50%" (1 to 200) of this much memory.
[[nodiscard]] std::optional<std::uint64_t> zram_size(std::string_view text, std::uint64_t memory);

// The first page as mkswap(8) writes it, without label and UUID: for a device of this size and pages of this size.
[[nodiscard]] std::string swap_header(std::size_t page, std::uint64_t bytes);

}  // namespace nlinit
