// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/exec_fault.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr std::array<std::pair<unsigned, std::string_view>, 8> kMachines = {{{EM_X86_64, "x86-64"},
                                                                             {EM_AARCH64, "arm64"},
                                                                             {EM_386, "i386"},
                                                                             {EM_ARM, "arm"},
                                                                             {EM_RISCV, "riscv"},
                                                                             {EM_PPC64, "ppc64"},
                                                                             {EM_S390, "s390x"},
                                                                             {EM_LOONGARCH, "loongarch"}}};
#if defined(__x86_64__)
constexpr unsigned kOurMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kOurMachine = EM_AARCH64;
#else
constexpr unsigned kOurMachine = EM_NONE;
#endif

constexpr std::size_t kHead = 256;            // what the kernel reads of a program (BINPRM_BUF_SIZE)
constexpr std::size_t kLongestLoader = 4096;  // PATH_MAX
constexpr std::string_view kEndsOfWord(" \t\0", 3);
constexpr std::string_view kCutInterpreter =
    "its interpreter's name does not end within 256 bytes, which is all that the kernel reads";

class Program {
  public:
    explicit Program(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
        head_ = read(0, kHead);
    }

    [[nodiscard]] bool is_readable() const noexcept { return fd_.valid(); }
    [[nodiscard]] bool is_empty() const noexcept { return head_.empty(); }
    [[nodiscard]] bool is_script() const noexcept { return head_.starts_with("#!"); }
    [[nodiscard]] bool is_elf() const noexcept {
        return head_.starts_with(ELFMAG) && head_.size() > sizeof(Elf64_Ehdr);
    }

    // Of which machine, in the byte order of the file.
    [[nodiscard]] unsigned machine() const noexcept {
        const auto* bytes = reinterpret_cast<const unsigned char*>(head_.data()) + offsetof(Elf64_Ehdr, e_machine);
        const bool is_big = head_[EI_DATA] == ELFDATA2MSB;
        return static_cast<unsigned>(bytes[is_big ? 1 : 0] | bytes[is_big ? 0 : 1] << 8);
    }

    // Of a script, or of a program for 64 bits, as ours are; empty: none is named.
    [[nodiscard]] std::string interpreter() const {
        if (is_script()) {
            return std::string(first_field(words_of_script(), kEndsOfWord));
        }
        if (!is_elf() || head_[EI_CLASS] != ELFCLASS64 || head_[EI_DATA] != ELFDATA2LSB) return {};
        return loader();
    }

    // The kernel refuses a script whose interpreter's name goes on behind what it reads: part of a name is none.
    [[nodiscard]] bool is_interpreter_cut() const {
        return is_script() && head_.size() == kHead && head_.find('\n') == std::string::npos &&
               words_of_script().find_first_of(kEndsOfWord) == std::string_view::npos;
    }

  private:
    // The interpreter and its argument.
    [[nodiscard]] std::string_view words_of_script() const {
        const auto line = first_field(head_, '\n').substr(2);
        return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    }

    [[nodiscard]] std::string read(std::size_t from, std::size_t size) const {
        std::string bytes(size, '\0');
        const ssize_t got = ::pread(fd_.get(), bytes.data(), size, static_cast<off_t>(from));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }

    // The loader's path is a segment of its own (elf(5), PT_INTERP).
    [[nodiscard]] std::string loader() const {
        Elf64_Ehdr header;
        std::memcpy(&header, head_.data(), sizeof header);
        constexpr unsigned kMaxSegments = 64;
        for (unsigned i = 0; i < std::min<unsigned>(header.e_phnum, kMaxSegments); ++i) {
            Elf64_Phdr segment;
            const auto bytes = read(header.e_phoff + i * sizeof segment, sizeof segment);
            if (bytes.size() < sizeof segment) break;
            std::memcpy(&segment, bytes.data(), sizeof segment);
            if (segment.p_type != PT_INTERP) continue;
            auto path = read(segment.p_offset, std::min<std::size_t>(segment.p_filesz, kLongestLoader));
            path.resize(first_field(path, '\0').size());
            return path;
        }
        return {};
    }

    UniqueFd fd_;
    std::string head_;
};

std::string without_interpreter(const Program& program) {
    const auto interpreter = program.interpreter();
    if (interpreter.empty()) return "the file is there, but not its interpreter or loader";
    const char* what = program.is_script() ? "its interpreter " : "its loader ";
    std::string reason = "the file is there, but not " + (what + in_quotes(interpreter));
    if (interpreter.ends_with('\r')) reason += " (the line ends with a carriage return)";
    return reason;
}

std::string of_machine(unsigned machine) {
    return concat({"a program for ", name_of_machine(machine), ", and this machine is ", name_of_machine(kOurMachine)});
}

// What is wrong with the loader of a program, or the interpreter of a script.
std::string of_helper(const Program& program) {
    const auto path = program.interpreter();
    const Program helper(path);
    if (path.empty() || !helper.is_readable() || helper.is_script()) return {};
    const std::string what =
        concat({(program.is_script() ? "its interpreter " : "its loader "), in_quotes(path), " is "});
    if (helper.is_empty()) return what + "empty";
    if (!helper.is_elf()) return what + "no program";
    return what + (helper.machine() == kOurMachine ? "damaged" : of_machine(helper.machine()));
}

std::string of_no_format(const Program& program) {
    if (program.is_empty()) return "the file is empty";
    if (program.is_interpreter_cut()) return std::string(kCutInterpreter);
    if (program.is_script()) return of_helper(program);
    if (!program.is_elf()) return "it is no program, and a script begins with #! and its interpreter";
    return program.machine() == kOurMachine ? "the program is damaged" : "it is " + of_machine(program.machine());
}

std::string octal(mode_t mode) {
    std::string text = "0000";
    for (unsigned i = 0; i < 3; ++i) text[text.size() - 1 - i] = static_cast<char>('0' + ((mode >> (3 * i)) & 7));
    return text;
}

// One class of three counts: the owner's, the group's or that of all others (path_resolution(7), "Permissions").
bool may_execute(const Identity& who, const struct stat& what) noexcept {
    const bool in_group = what.st_gid == who.group || std::ranges::find(who.groups, what.st_gid) != who.groups.end();
    const mode_t bit = what.st_uid == who.user ? S_IXUSR : in_group ? S_IXGRP : S_IXOTH;
    return (what.st_mode & bit) != 0;
}

std::string not_permitted(const std::string& path, mode_t mode, const Program& program) {
    if ((mode & 0111) == 0) return "it is not executable: its mode is " + octal(mode);
    struct statvfs filesystem {};
    if (::statvfs(path.c_str(), &filesystem) == 0 && (filesystem.f_flag & ST_NOEXEC) != 0)
        return "its filesystem is mounted noexec";
    const auto interpreter = program.interpreter();
    struct stat found {};
    if (interpreter.empty() || ::stat(interpreter.c_str(), &found) != 0) return {};
    if (!S_ISREG(found.st_mode)) return concat({"its interpreter ", in_quotes(interpreter), " is no regular file"});
    if (::access(interpreter.c_str(), X_OK) != 0)
        return concat({"its interpreter ", in_quotes(interpreter), " is not executable"});
    return {};
}

}  // namespace

std::string name_of_machine(unsigned machine) {
    for (const auto& [number, name] : kMachines) {
        if (number == machine) return std::string(name);
    }
    return "machine " + std::to_string(machine);
}

unsigned our_machine() noexcept {
    return kOurMachine;
}

std::optional<ProgramHead> read_program_head(const std::string& path) {
    const Program program(path);
    if (!program.is_readable()) return std::nullopt;
    return ProgramHead{program.is_script(), program.is_elf(), program.is_elf() ? program.machine() : 0,
                       program.interpreter(),
                       program.is_interpreter_cut() ? std::string(kCutInterpreter) : std::string()};
}

std::string why_not_executed(const std::string& path, int code) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return {};
    if (S_ISDIR(found.st_mode)) return "it is a directory";
    if (!S_ISREG(found.st_mode)) return "it is no regular file";
    const Program program(path);
    if (code == EACCES) return not_permitted(path, found.st_mode, program);
    if (!program.is_readable()) return {};
    if (code == ENOENT) return without_interpreter(program);
    if (code == ELIBBAD) return of_helper(program);
    return code == ENOEXEC ? of_no_format(program) : std::string();
}

std::string why_user_may_not_run(const std::string& path, const Identity& identity) {
    if (identity.user == 0) return {};
    for (auto end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const auto part = path.substr(0, end);
        struct stat found {};
        if (::stat(part.c_str(), &found) != 0) return {};
        if (!may_execute(identity, found))
            return concat({"user ", std::to_string(identity.user), " may not ",
                           (S_ISDIR(found.st_mode) ? "enter " + part : "execute it"), " (mode ", octal(found.st_mode),
                           ", of user ", std::to_string(found.st_uid), " and group ", std::to_string(found.st_gid),
                           ")"});
        if (end == std::string::npos) return {};
    }
}

}  // namespace nlinit::sys
