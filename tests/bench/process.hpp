// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using Duration = std::chrono::nanoseconds;
using Command = std::vector<std::string>;  // the first is a path

[[nodiscard]] Duration now();  // CLOCK_MONOTONIC

// Where a failure that makes measuring pointless ends: one line, with the text of errno.
[[noreturn]] void die(const std::string& what);

// The parts between separators, those that are not empty.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

// argv for execv(2), which points into the command.
[[nodiscard]] std::vector<char*> argv_of(const Command& command);

// To be called in the child: it dies with its parent, reads nothing, blocks no signal, and writes to the parent's
// standard error.
void become_client();

struct Started {
    pid_t pid = -1;
    Duration at{};  // just before the exec
};

// On that CPU, or on any.
[[nodiscard]] Started start(const Command& command, std::optional<std::size_t> cpu);

[[nodiscard]] int open_pidfd(pid_t pid);  // readable when the process has ended

[[nodiscard]] bool succeeded(int status);  // a status of waitpid(2)

// From here on daemons that clients leave behind become children of this process. kill_strays() ends them and says what
// processor time they had used.
void adopt_orphans();
Duration kill_strays();

[[nodiscard]] Duration cpu_time(const rusage& usage);

}  // namespace bench
