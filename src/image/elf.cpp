// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/elf.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace nlinit::image {
namespace {

constexpr std::string_view kElfMagic = "\177ELF";
constexpr std::size_t kShortHeader = 52, kLongHeader = 64;                // of 32 and of 64 bits
constexpr std::uint64_t kRelocatable = 1, kExecutable = 2, kDynamic = 3;  // ET_REL, ET_EXEC, ET_DYN
constexpr std::uint64_t kLoad = 1, kInterpreter = 3;                      // PT_LOAD, PT_INTERP
constexpr std::uint64_t kLargestTable = 65536, kLongestPath = 4096;       // as the kernel takes them

struct Machine {
    std::uint16_t number;
    std::string_view name;
};
constexpr std::array<Machine, 8> kMachines{{{3, "i386"},
                                            {21, "ppc64"},
                                            {22, "s390"},
                                            {40, "arm"},
                                            {62, "x86-64"},
                                            {183, "aarch64"},
                                            {243, "riscv"},
                                            {258, "loongarch"}}};

// Where a field of a header is, in a file of 64 bits and in one of 32.
struct Field {
    std::uint8_t at_64, size_64, at_32, size_32;
};
constexpr Field kRowsAt{32, 8, 28, 4}, kRowSize{54, 2, 42, 2}, kRows{56, 2, 44, 2};  // e_phoff, e_phentsize, e_phnum
constexpr Field kSectionsAt{40, 8, 32, 4}, kSectionSize{58, 2, 46, 2}, kSections{60, 2, 48, 2};  // e_shoff and so on
constexpr Field kOffset{8, 8, 4, 4}, kSize{32, 8, 16, 4};                                        // p_offset, p_filesz

// Bytes of a file of either byte order. Numbers beyond the end are 0.
class ElfBytes {
  public:
    ElfBytes(std::string bytes, const ElfHead& head) : bytes_(std::move(bytes)), head_(head) {}
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const noexcept {
        if (at > bytes_.size() || size > bytes_.size() - at) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const auto byte = static_cast<std::uint8_t>(bytes_[at + (head_.is_big_endian ? i : size - 1 - i)]);
            value = value << 8 | byte;
        }
        return value;
    }
    [[nodiscard]] std::uint64_t number(std::uint64_t base, const Field& field) const noexcept {
        return head_.is_64_bit ? number(base + field.at_64, field.size_64) : number(base + field.at_32, field.size_32);
    }

  private:
    std::string bytes_;
    const ElfHead& head_;
};

ElfKind kind_of(std::uint64_t type) noexcept {
    if (type == kRelocatable) return ElfKind::module;
    return type == kExecutable || type == kDynamic ? ElfKind::program : ElfKind::other;
}

bool ends_before(std::uint64_t end, std::uint64_t at, std::uint64_t size) noexcept {
    return at <= end && size <= end - at;
}

bool has_sections(std::uint64_t file_size, const ElfBytes& header) noexcept {
    const auto size = header.number(0, kSectionSize) * header.number(0, kSections);
    return size > 0 && ends_before(file_size, header.number(0, kSectionsAt), size);
}

// Whether the kernel can load what they name, as load_elf_phdrs() in Linux, fs/binfmt_elf.c, has it.
bool read_program_headers(std::uint64_t file_size, const ReadElf& read, const ElfBytes& header, ElfHead& head) {
    const auto at = header.number(0, kRowsAt), row_size = header.number(0, kRowSize);
    const auto size = row_size * header.number(0, kRows);
    if (row_size != (head.is_64_bit ? 56 : 32) || size > kLargestTable || !ends_before(file_size, at, size))
        return false;
    const ElfBytes table(read(at, size), head);
    bool has_content = false;
    for (std::uint64_t row = 0; row < size; row += row_size) {
        const auto type = table.number(row, 4), offset = table.number(row, kOffset), length = table.number(row, kSize);
        if (type != kLoad && type != kInterpreter) continue;
        if (!ends_before(file_size, offset, length)) return false;
        has_content = has_content || type == kLoad;
        if (type == kInterpreter && head.interpreter.empty())
            head.interpreter = read(offset, std::min<std::uint64_t>(length, kLongestPath)).c_str();  // to its NUL
    }
    return has_content;
}

}  // namespace

std::optional<ElfHead> read_elf_head(std::uint64_t file_size, const ReadElf& read) {
    const auto bytes = read(0, kLongHeader);
    if (bytes.size() < kShortHeader || !bytes.starts_with(kElfMagic)) return std::nullopt;
    ElfHead head;
    head.is_64_bit = bytes[4] == 2;
    head.is_big_endian = bytes[5] == 2;
    const ElfBytes header(bytes, head);
    head.kind = kind_of(header.number(16, 2));
    head.machine = static_cast<std::uint16_t>(header.number(18, 2));
    head.is_whole = head.kind == ElfKind::module ? has_sections(file_size, header)
                                                 : read_program_headers(file_size, read, header, head);
    return head;
}

std::string machine_name(const ElfHead& head) {
    const auto known = std::ranges::find(kMachines, head.machine, &Machine::number);
    if (known != kMachines.end()) return std::string(known->name);
    return "machine " + std::to_string(head.machine);
}

}  // namespace nlinit::image
