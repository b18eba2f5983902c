// The head of an ELF file (elf(5)): for which machine a program or a kernel module was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit::image {

inline constexpr std::size_t kElfHead = 4096;  // bytes of a file in which all of this is

struct ElfHead {
    std::uint16_t machine = 0;  // e_machine
    bool is_64_bit = false, is_big_endian = false;
    std::string_view interpreter;  // the dynamic linker that starts it; empty: none, or beyond these bytes
    [[nodiscard]] bool fits(const ElfHead& other) const noexcept {
        return machine == other.machine && is_64_bit == other.is_64_bit && is_big_endian == other.is_big_endian;
    }
};

// Of the first bytes of a file; nothing where it is no ELF file. Into these bytes.
[[nodiscard]] std::optional<ElfHead> read_elf_head(std::string_view bytes) noexcept;

// "x86-64", or "machine 4711".
[[nodiscard]] std::string machine_name(const ElfHead& head);

}  // namespace nlinit::image
