#include "nlinit/image/elf.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace nlinit::image {
namespace {

template <class Value>
void put(std::string& bytes, std::size_t at, Value value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// With a program header that names an interpreter.
std::string program(const char* interpreter, Elf64_Half machine = EM_X86_64) {
    std::string bytes(256, '\0');
    Elf64_Ehdr head{};
    std::memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_type = ET_EXEC;
    head.e_machine = machine;
    head.e_phoff = sizeof head;
    head.e_phentsize = sizeof(Elf64_Phdr);
    head.e_phnum = 1;
    Elf64_Phdr row{};
    row.p_type = PT_INTERP;
    row.p_offset = sizeof head + sizeof row;
    row.p_filesz = std::strlen(interpreter) + 1;
    put(bytes, 0, head);
    put(bytes, sizeof head, row);
    std::memcpy(bytes.data() + row.p_offset, interpreter, row.p_filesz);
    return bytes;
}

TEST(ElfTest, TellsMachineAndInterpreter) {
    const auto bytes = program("/lib64/ld.so");
    const auto head = read_elf_head(bytes);
    ASSERT_TRUE(head);
    EXPECT_EQ(machine_name(*head), "x86-64");
    EXPECT_EQ(head->interpreter, "/lib64/ld.so");
    EXPECT_TRUE(head->is_64_bit);
    EXPECT_FALSE(head->is_big_endian);
}

TEST(ElfTest, TellsMachinesApart) {
    const auto one = program("", EM_X86_64), other = program("", EM_AARCH64), unknown = program("", 4711);
    EXPECT_TRUE(read_elf_head(one)->fits(*read_elf_head(one)));
    EXPECT_FALSE(read_elf_head(one)->fits(*read_elf_head(other)));
    EXPECT_EQ(machine_name(*read_elf_head(other)), "aarch64");
    EXPECT_EQ(machine_name(*read_elf_head(unknown)), "machine 4711");
}

TEST(ElfTest, ReadsTheOtherByteOrderAndTheShortForm) {
    std::string bytes(64, '\0');
    bytes.replace(0, 6, std::string("\177ELF\1\2", 6));
    bytes[19] = EM_S390;
    const auto head = read_elf_head(bytes);
    ASSERT_TRUE(head);
    EXPECT_EQ(machine_name(*head), "s390");
    EXPECT_FALSE(head->is_64_bit);
    EXPECT_TRUE(head->is_big_endian);
}

TEST(ElfTest, ReadsTheProgramThatTestsIt) {
    std::string bytes(kElfHead, '\0');
    FILE* file = std::fopen("/proc/self/exe", "rb");
    ASSERT_NE(file, nullptr);
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
    std::fclose(file);
    const auto head = read_elf_head(bytes);
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->interpreter.starts_with('/')) << head->interpreter;
}

TEST(ElfTest, TakesNoOtherFileForOne) {
    EXPECT_FALSE(read_elf_head(""));
    EXPECT_FALSE(read_elf_head("\177ELF"));
    EXPECT_FALSE(read_elf_head("#!/bin/sh\n" + std::string(100, ' ')));
}

// Whatever offsets and counts it has.
TEST(ElfTest, NeverLooksBeyondTheBytes) {
    const auto whole = program("/lib64/ld.so");
    for (std::size_t size = 0; size < whole.size(); ++size) static_cast<void>(read_elf_head(whole.substr(0, size)));
    for (std::size_t at = 4; at < 128; ++at) {
        auto bytes = whole;
        bytes[at] = '\377';
        put(bytes, at / 8 * 8, ~std::uint64_t{0});
        if (bytes.starts_with("\177ELF")) static_cast<void>(read_elf_head(bytes));
    }
}

}  // namespace
}  // namespace nlinit::image
