// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/exec_fault.hpp"

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

class ExecFaultTest : public ::testing::Test {
  protected:
    std::string make(const std::string& content, mode_t mode = 0755) const {
        const std::string path = directory_ / "program";
        std::ofstream(path) << content;
        ::chmod(path.c_str(), mode);
        return path;
    }
    // The head of a program, and its one segment, which names its loader.
    static std::string program(unsigned machine, const std::string& loader) {
        Elf64_Ehdr header{};
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_type = ET_DYN;
        header.e_machine = static_cast<Elf64_Half>(machine);
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_phoff = sizeof header;
        header.e_phnum = 1;
        Elf64_Phdr segment{};
        segment.p_type = PT_INTERP;
        segment.p_offset = sizeof header + sizeof segment;
        segment.p_filesz = loader.size() + 1;
        std::string bytes(sizeof header + sizeof segment, '\0');
        std::memcpy(bytes.data(), &header, sizeof header);
        std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
        return bytes + loader + '\0';
    }
#if defined(__x86_64__)
    static constexpr unsigned kOurs = EM_X86_64, kOther = EM_AARCH64;
    inline static const std::string kOtherWords = "it is a program for arm64, and this machine is x86-64";
#else
    static constexpr unsigned kOurs = EM_AARCH64, kOther = EM_X86_64;
    inline static const std::string kOtherWords = "it is a program for x86-64, and this machine is arm64";
#endif

    // A loader or interpreter.
    std::string helper() const {
        return directory_ / "helper";
    }
    int errno_with_helper(const std::string& path, const std::string& content) const {
        std::ofstream(helper()) << content;
        ::chmod(helper().c_str(), 0755);
        ::execl(path.c_str(), path.c_str(), nullptr);
        return errno;
    }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(ExecFaultTest, NamesTheInterpreterOfAScript) {
    EXPECT_EQ(why_not_executed(make("#! /none/bash -e\n"), ENOENT),
              "the file is there, but not its interpreter '/none/bash'");
    EXPECT_NE(why_not_executed(make("#!/bin/sh\r\n"), ENOENT).find("the line ends with a carriage return"),
              std::string::npos);
}

TEST_F(ExecFaultTest, NamesTheLoaderOfAProgram) {
    EXPECT_EQ(why_not_executed(make(program(kOurs, "/lib/ld-musl.so.1")), ENOENT),
              "the file is there, but not its loader '/lib/ld-musl.so.1'");
}

TEST_F(ExecFaultTest, NamesTheMachineThatAProgramIsFor) {
    EXPECT_EQ(why_not_executed(make(program(kOther, "/lib/ld.so")), ENOEXEC), kOtherWords);
    EXPECT_EQ(why_not_executed(make(program(kOurs, "/lib/ld.so")), ENOEXEC), "the program is damaged");
}

// Each is refused by the kernel itself, with an errno that says no more.
TEST_F(ExecFaultTest, SaysWhatIsWrongWithALoader) {
    const auto path = make(program(kOurs, helper()));
    for (const auto& [content, sentence] : {std::pair(std::string(100, 'x'), std::string("is no program")),
                                            std::pair(program(kOther, ""), kOtherWords.substr(3))})
        EXPECT_EQ(why_not_executed(path, errno_with_helper(path, content)),
                  "its loader '" + helper() + "' " + sentence);
}

TEST_F(ExecFaultTest, SaysWhatIsWrongWithAnInterpreter) {
    const auto path = make("#!" + helper() + "\n");
    for (const auto& [content, sentence] :
         {std::pair(std::string(), std::string("is empty")),
          std::pair(std::string("echo hello\n"), std::string("is no program")),
          std::pair(program(kOther, ""), kOtherWords.substr(3)), std::pair(program(kOurs, "/none"), std::string())})
        EXPECT_EQ(why_not_executed(path, errno_with_helper(path, content)),
                  sentence.empty() ? "the file is there, but not its interpreter '" + helper() + "'"
                                   : "its interpreter '" + helper() + "' " + sentence);
    // One interpreter may be the script of another, and the errno does not tell which of them was meant.
    EXPECT_EQ(why_not_executed(path, errno_with_helper(path, "#!/dev/null\n")), "");
}

TEST_F(ExecFaultTest, SaysWhatIsNoProgram) {
    EXPECT_EQ(why_not_executed(make(""), ENOEXEC), "the file is empty");
    EXPECT_NE(why_not_executed(make("echo hello\n"), ENOEXEC).find("begins with #!"), std::string::npos);
}

// Asked of the kernel itself, byte by byte around what it reads.
TEST_F(ExecFaultTest, AnInterpreterWhoseNameIsCutIsNamed) {
    const auto name_of = [](std::size_t size) { return "#!/" + std::string(size - 3, 'x'); };
    const auto is_cut = [&](const std::string& content) {
        const auto path = make(content);
        const auto head = read_program_head(path);
        const bool is_said = head && !head->fault.empty();
        EXPECT_EQ(is_said, why_not_executed(path, ENOEXEC).find("256 bytes") != std::string::npos);
        ::execl(path.c_str(), path.c_str(), nullptr);  // there is no such interpreter
        EXPECT_EQ(errno == ENOEXEC, is_said) << content.size() << ": " << std::strerror(errno);
        return is_said;
    };
    EXPECT_FALSE(is_cut(name_of(255)));
    EXPECT_FALSE(is_cut(name_of(255) + "\n" + std::string(300, 'y')));
    EXPECT_FALSE(is_cut(name_of(255) + " " + std::string(300, 'y')));
    EXPECT_TRUE(is_cut(name_of(256)));
    EXPECT_TRUE(is_cut(name_of(256) + "\n"));
    EXPECT_TRUE(is_cut(name_of(4000) + " -e\n"));
    EXPECT_FALSE(is_cut("#!/none/such " + std::string(400, 'y') + "\n"));
}

TEST_F(ExecFaultTest, SaysWhyItIsNotPermitted) {
    EXPECT_EQ(why_not_executed(make("#!/bin/sh\n", 0640), EACCES), "it is not executable: its mode is 0640");
    EXPECT_EQ(why_not_executed("/", EACCES), "it is a directory");
    EXPECT_EQ(why_not_executed("/dev/null", EACCES), "it is no regular file");
    EXPECT_EQ(why_not_executed("/none/such", EACCES), "");
}

TEST_F(ExecFaultTest, SaysWhatIsClosedToAUser) {
    const auto file = make("#!/bin/sh\n", 0700);
    const auto folder = file.substr(0, file.rfind('/'));
    const Identity user{.user = 1000, .group = 100, .groups = {7}};
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    EXPECT_EQ(why_user_may_not_run(file, user), "user 1000 may not execute it (mode 0700, of user 0 and group 0)");
    ASSERT_EQ(::chown(file.c_str(), 0, 7), 0);
    ASSERT_EQ(::chmod(file.c_str(), 0610), 0);
    EXPECT_EQ(why_user_may_not_run(file, user), "");
    ASSERT_EQ(::chmod(folder.c_str(), 0700), 0);
    EXPECT_EQ(why_user_may_not_run(file, user),
              "user 1000 may not enter " + folder + " (mode 0700, of user 0 and group 0)");
    EXPECT_EQ(why_user_may_not_run(file, Identity{}), "");
    EXPECT_EQ(why_not_executed(make("#!/bin\n", 0755), EACCES), "its interpreter '/bin' is no regular file");
}

// Whatever is in the file, it is read within limits.
TEST_F(ExecFaultTest, BelievesNothingThatTheFileSays) {
    auto bytes = program(kOurs, "/lib/ld.so");
    for (std::size_t size = 0; size <= bytes.size(); ++size)
        for (const int code : {ENOENT, ENOEXEC, EACCES})
            std::ignore = why_not_executed(make(bytes.substr(0, size)), code);
    for (std::size_t at = SELFMAG; at < bytes.size(); ++at) {
        auto damaged = bytes;
        damaged[at] = '\xff';
        EXPECT_LT(why_not_executed(make(damaged), ENOENT).size(), 2000U);
    }
}

}  // namespace
}  // namespace nlinit::sys
