// SPDX-License-Identifier: Apache-2.0
// The head of an ELF file (elf(5)): for which machine a program or a kernel module was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace nlinit::image {

enum class ElfKind { other, program, module };  // e_type: ET_EXEC or ET_DYN, ET_REL

struct ElfHead {
    std::uint16_t machine = 0;  // e_machine
    ElfKind kind = ElfKind::other;
    bool is_64_bit = false, is_big_endian = false;
    // Whether the file has what the kernel asks of its kind: a program headers with something to load, a module
    // sections, and all of it before the end of the file.
    bool is_whole = false;
    std::string interpreter;  // the dynamic linker that starts it; empty: none
    [[nodiscard]] bool fits(const ElfHead& other) const noexcept {
        return machine == other.machine && is_64_bit == other.is_64_bit && is_big_endian == other.is_big_endian;
    }
};

// Bytes of a file; fewer where it ends before.
using ReadElf = std::function<std::string(std::uint64_t at, std::size_t size)>;

// Nothing where it is no ELF file. file_size: in bytes.
[[nodiscard]] std::optional<ElfHead> read_elf_head(std::uint64_t file_size, const ReadElf& read);

// "x86-64", or "machine 4711".
[[nodiscard]] std::string machine_name(const ElfHead& head);

}  // namespace nlinit::image
