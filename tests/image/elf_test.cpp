// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/elf.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace nlinit::image {
namespace {

template <class Value>
void put(std::string& bytes, std::size_t at, Value value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::optional<ElfHead> head_of(const std::string& bytes) {
    return read_elf_head(bytes.size(), [&](std::uint64_t at, std::size_t size) {
        return at > bytes.size() ? std::string() : bytes.substr(at, size);
    });
}

// With a program header that names an interpreter, and one that loads the file.
std::string program(const char* interpreter, Elf64_Half machine = EM_X86_64) {
    std::string bytes(512, '\0');
    Elf64_Ehdr head{};
    std::memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_type = ET_EXEC;
    head.e_machine = machine;
    head.e_phoff = sizeof head;
    head.e_phentsize = sizeof(Elf64_Phdr);
    head.e_phnum = 2;
    Elf64_Phdr row{};
    row.p_type = PT_INTERP;
    row.p_offset = sizeof head + 2 * sizeof row;
    row.p_filesz = std::strlen(interpreter) + 1;
    put(bytes, 0, head);
    put(bytes, sizeof head, row);
    std::memcpy(bytes.data() + row.p_offset, interpreter, row.p_filesz);
    row.p_type = PT_LOAD;
    row.p_offset = 0;
    row.p_filesz = bytes.size();
    put(bytes, sizeof head + sizeof row, row);
    return bytes;
}

TEST(ElfTest, TellsMachineAndInterpreter) {
    const auto bytes = program("/lib64/ld.so");
    const auto head = head_of(bytes);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->kind, ElfKind::program);
    EXPECT_TRUE(head->is_whole);
    EXPECT_EQ(machine_name(*head), "x86-64");
    EXPECT_EQ(head->interpreter, "/lib64/ld.so");
    EXPECT_TRUE(head->is_64_bit);
    EXPECT_FALSE(head->is_big_endian);
}

TEST(ElfTest, TellsMachinesApart) {
    const auto one = program("", EM_X86_64), other = program("", EM_AARCH64), unknown = program("", 4711);
    EXPECT_TRUE(head_of(one)->fits(*head_of(one)));
    EXPECT_FALSE(head_of(one)->fits(*head_of(other)));
    EXPECT_EQ(machine_name(*head_of(other)), "aarch64");
    EXPECT_EQ(machine_name(*head_of(unknown)), "machine 4711");
}

TEST(ElfTest, ReadsTheOtherByteOrderAndTheShortForm) {
    std::string bytes(64, '\0');
    bytes.replace(0, 6, std::string("\177ELF\1\2", 6));
    bytes[19] = EM_S390;
    const auto head = head_of(bytes);
    ASSERT_TRUE(head);
    EXPECT_EQ(machine_name(*head), "s390");
    EXPECT_FALSE(head->is_64_bit);
    EXPECT_TRUE(head->is_big_endian);
}

TEST(ElfTest, ReadsTheProgramThatTestsIt) {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    const auto head =
        read_elf_head(std::filesystem::file_size("/proc/self/exe"), [&](std::uint64_t at, std::size_t size) {
            std::string bytes(size, '\0');
            file.seekg(static_cast<std::streamoff>(at)).read(bytes.data(), static_cast<std::streamsize>(size));
            return bytes;
        });
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->is_whole);
    EXPECT_TRUE(head->interpreter.starts_with('/')) << head->interpreter;
}

// An interpreter far behind the headers, which are at the end, as patchelf(1) puts them.
TEST(ElfTest, FindsProgramHeadersWhereverTheyAre) {
    auto bytes = program("/lib64/ld.so");
    const auto table = bytes.substr(sizeof(Elf64_Ehdr), 2 * sizeof(Elf64_Phdr));
    bytes.replace(sizeof(Elf64_Ehdr), table.size(), table.size(), '\0');
    bytes.resize(100000);
    put(bytes, offsetof(Elf64_Ehdr, e_phoff), Elf64_Off{bytes.size()});
    const auto head = head_of(bytes + table);
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->is_whole);
    EXPECT_EQ(head->interpreter, "/lib64/ld.so");
}

TEST(ElfTest, TellsWhatIsCutOff) {
    const auto bytes = program("/lib64/ld.so");
    for (std::size_t size = sizeof(Elf64_Ehdr); size < bytes.size(); ++size)
        EXPECT_FALSE(head_of(bytes.substr(0, size))->is_whole) << size;
    auto nothing_to_load = bytes;
    put(nothing_to_load, offsetof(Elf64_Ehdr, e_phnum), Elf64_Half{1});
    EXPECT_FALSE(head_of(nothing_to_load)->is_whole);
    auto too_many = bytes + std::string(std::size_t{1} << 20, '\0');
    put(too_many, offsetof(Elf64_Ehdr, e_phnum), Elf64_Half{2000});
    EXPECT_FALSE(head_of(too_many)->is_whole);
}

TEST(ElfTest, AModuleIsWholeWithItsSections) {
    auto bytes = program("");
    put(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_REL});
    EXPECT_EQ(head_of(bytes)->kind, ElfKind::module);
    EXPECT_FALSE(head_of(bytes)->is_whole);
    put(bytes, offsetof(Elf64_Ehdr, e_shoff), Elf64_Off{bytes.size() - sizeof(Elf64_Shdr)});
    put(bytes, offsetof(Elf64_Ehdr, e_shentsize), Elf64_Half{sizeof(Elf64_Shdr)});
    put(bytes, offsetof(Elf64_Ehdr, e_shnum), Elf64_Half{1});
    EXPECT_TRUE(head_of(bytes)->is_whole);
    bytes.pop_back();
    EXPECT_FALSE(head_of(bytes)->is_whole);
    put(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_CORE});
    EXPECT_EQ(head_of(bytes)->kind, ElfKind::other);
}

TEST(ElfTest, TakesNoOtherFileForOne) {
    EXPECT_FALSE(head_of(""));
    EXPECT_FALSE(head_of("\177ELF"));
    EXPECT_FALSE(head_of("#!/bin/sh\n" + std::string(100, ' ')));
}

// Whatever offsets and counts it has.
TEST(ElfTest, NeverLooksBeyondTheBytes) {
    const auto whole = program("/lib64/ld.so");
    for (std::size_t size = 0; size < whole.size(); ++size) static_cast<void>(head_of(whole.substr(0, size)));
    for (std::size_t at = 4; at < 192; ++at) {
        auto bytes = whole;
        bytes[at] = '\377';
        put(bytes, at / 8 * 8, ~std::uint64_t{0});
        if (bytes.starts_with("\177ELF")) static_cast<void>(head_of(bytes));
    }
}

}  // namespace
}  // namespace nlinit::image
