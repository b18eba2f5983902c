// Why a program could not be executed: execve(2) has one errno for several reasons, and an image shows which it was.
#pragma once

#include <string>

namespace nlinit::sys {

// For a file that is there and was refused with this code, what about it is not as it should be: "its interpreter
// '/bin/bash' is not there". Empty when nothing is to be seen. Looks at the file, which is no more than data: it may
// be anybody's.
[[nodiscard]] std::string why_not_executed(const std::string& path, int code);

}  // namespace nlinit::sys
