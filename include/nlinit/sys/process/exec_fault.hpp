// Why a program could not be executed: execve(2) has one errno for several reasons, and an image shows which it was.
#pragma once

#include <string>

#include "nlinit/sys/process/accounts.hpp"

namespace nlinit::sys {

// For a file that is there and was refused with this code, what about it is not as it should be: "its interpreter
// '/bin/bash' is not there". Empty when nothing is to be seen. Looks at the file, which is no more than data: it may
// be anybody's.
[[nodiscard]] std::string why_not_executed(const std::string& path, int code);

// For an EACCES of a user other than root: the first directory on the way that is closed to it, or the file itself:
// "user 1000 may not enter /root (mode 0700, of user 0 and group 0)". Empty when the modes let it pass.
[[nodiscard]] std::string why_user_may_not_run(const std::string& path, const Identity& identity);

}  // namespace nlinit::sys
