// SPDX-License-Identifier: Apache-2.0
// Lists processes from /proc (proc(5)).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nlinit::sys {

// "sh (12), dd (13) and others", for a log: no more than so many, without PID 1, threads of the kernel, and those that
// have ended and wait for their parents. Empty when there are none, or no /proc.
[[nodiscard]] std::string list_processes(std::size_t limit);

// The children of this process, those that have ended and are not reaped among them. Nothing when it cannot be
// found out, as without a /proc.
[[nodiscard]] std::optional<std::vector<pid_t>> list_children();

}  // namespace nlinit::sys
