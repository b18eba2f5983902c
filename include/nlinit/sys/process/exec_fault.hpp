// SPDX-License-Identifier: Apache-2.0
// Why a program could not be executed: execve(2) has one errno for several reasons, and an image shows which it was.
#pragma once

#include <optional>
#include <string>

#include "nlinit/sys/process/accounts.hpp"

namespace nlinit::sys {

// Explains why execve(2) refused an existing file with this code: "its interpreter '/bin/bash' is not there". Empty
// when no reason can be found. The file is only read, and its content is not trusted.
[[nodiscard]] std::string why_not_executed(const std::string& path, int code);

// Explains EACCES for a user other than root: names the first directory on the way that the user may not enter, or the
// file itself: "user 1000 may not enter /root (mode 0700, of user 0 and group 0)". Empty when the modes let it pass.
[[nodiscard]] std::string why_user_may_not_run(const std::string& path, const Identity& identity);

// What the first bytes of a program's file say of what it needs.
struct ProgramHead {
    bool is_script = false, is_elf = false;
    unsigned machine = 0;     // EM_* of <elf.h>; of an ELF file
    std::string interpreter;  // behind "#!", or an ELF file's loader; empty: none is named
    std::string fault;        // why the kernel does not take that name; empty: it does
};
// Nothing where the file cannot be read.
[[nodiscard]] std::optional<ProgramHead> read_program_head(const std::string& path);
[[nodiscard]] unsigned our_machine() noexcept;
[[nodiscard]] std::string name_of_machine(unsigned machine);  // "x86-64"

}  // namespace nlinit::sys
