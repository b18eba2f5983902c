// Which processes there are: /proc, as proc(5) describes it.
#pragma once

#include <cstddef>
#include <string>

namespace nlinit::sys {

// "sh (12), dd (13) and others", for a log: no more than so many, without PID 1, threads of the kernel, and those that
// have ended and wait for their parents. Empty when there are none, or no /proc.
[[nodiscard]] std::string list_processes(std::size_t limit);

}  // namespace nlinit::sys
