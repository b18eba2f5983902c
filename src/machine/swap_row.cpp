// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/swap_row.hpp"

#include "nlinit/base/number.hpp"
#include "nlinit/machine/memory_size.hpp"

namespace nlinit {

std::string name_of(const SwapRow& row) {
    return row.device.empty() ? "zram" : row.device;
}

std::optional<std::uint64_t> zram_size(std::string_view text, std::uint64_t memory) {
    constexpr std::uint32_t kMostPercent = 200;
    if (!text.ends_with('%')) {
        const auto bytes = parse_memory(text);
        return bytes == kMemoryWithoutLimit ? std::nullopt : bytes;
    }
    text.remove_suffix(1);
    const auto percent = parse_number<std::uint32_t>(text);
    if (!percent || *percent == 0 || *percent > kMostPercent) return std::nullopt;
    return memory / 100 * *percent;
}

// union swap_header of the kernel's linux/swap.h: after room for a boot loader the version, the last page and the
// number of bad ones, in the machine's byte order.
std::string swap_header(std::size_t page, std::uint64_t bytes) {
    constexpr std::size_t kAfterBootLoader = 1024;
    constexpr std::string_view kSignature = "SWAPSPACE2";
    const std::uint32_t fields[]{1, static_cast<std::uint32_t>(bytes / page - 1)};
    std::string header(page, '\0');
    std::string_view(reinterpret_cast<const char*>(fields), sizeof fields)
        .copy(&header[kAfterBootLoader], sizeof fields);
    kSignature.copy(&header[page - kSignature.size()], kSignature.size());
    return header;
}

}  // namespace nlinit
