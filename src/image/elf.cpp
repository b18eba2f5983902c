#include "nlinit/image/elf.hpp"

#include <algorithm>
#include <array>

namespace nlinit::image {
namespace {

constexpr std::string_view kElfMagic = "\177ELF";
constexpr std::uint64_t kInterpreter = 3;  // PT_INTERP

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

// Numbers of a file of either byte order. Beyond the end they are 0.
class ElfBytes {
  public:
    ElfBytes(std::string_view bytes, bool is_big_endian) : bytes_(bytes), is_big_endian_(is_big_endian) {}
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const noexcept {
        if (at > bytes_.size() || size > bytes_.size() - at) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const auto byte = static_cast<std::uint8_t>(bytes_[at + (is_big_endian_ ? i : size - 1 - i)]);
            value = value << 8 | byte;
        }
        return value;
    }

  private:
    std::string_view bytes_;
    bool is_big_endian_;
};

// Where a field of a header is, in a file of 64 bits and in one of 32.
struct Field {
    std::uint8_t at_64, size_64, at_32, size_32;
};
constexpr Field kTableAt{32, 8, 28, 4}, kRowSize{54, 2, 42, 2}, kRows{56, 2, 44, 2};  // e_phoff, e_phentsize, e_phnum
constexpr Field kOffset{8, 8, 4, 4}, kSize{32, 8, 16, 4};                             // p_offset, p_filesz

std::string_view find_interpreter(std::string_view bytes, const ElfHead& head) noexcept {
    const ElfBytes file(bytes, head.is_big_endian);
    const auto field = [&](std::uint64_t base, const Field& which) {
        return head.is_64_bit ? file.number(base + which.at_64, which.size_64)
                              : file.number(base + which.at_32, which.size_32);
    };
    const auto table = field(0, kTableAt);
    if (table > bytes.size()) return {};
    for (std::uint64_t row = 0; row < field(0, kRows); ++row) {
        const auto at = table + row * field(0, kRowSize);
        if (file.number(at, 4) != kInterpreter) continue;
        const auto offset = std::min<std::uint64_t>(field(at, kOffset), bytes.size());
        const auto text = bytes.substr(offset, field(at, kSize));
        return text.substr(0, text.find('\0'));
    }
    return {};
}

}  // namespace

std::optional<ElfHead> read_elf_head(std::string_view bytes) noexcept {
    if (bytes.size() < 52 || !bytes.starts_with(kElfMagic)) return std::nullopt;
    ElfHead head;
    head.is_64_bit = bytes[4] == 2;
    head.is_big_endian = bytes[5] == 2;
    head.machine = static_cast<std::uint16_t>(ElfBytes(bytes, head.is_big_endian).number(18, 2));
    head.interpreter = find_interpreter(bytes, head);
    return head;
}

std::string machine_name(const ElfHead& head) {
    const auto known = std::ranges::find(kMachines, head.machine, &Machine::number);
    if (known != kMachines.end()) return std::string(known->name);
    return "machine " + std::to_string(head.machine);
}

}  // namespace nlinit::image
