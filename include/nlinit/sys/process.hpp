// Starting and reaping processes.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

struct Command {
    std::vector<std::string> arguments;  // the first is the program: a path, or a name looked for in PATH
    std::map<std::string, std::string> environment;
    std::string working_directory = "/";
    std::string cgroup = {};  // a leaf of /sys/fs/cgroup to be in, made if need be: "payload". Best effort
};

// Exit codes of a command that did not start, as Docker has them.
inline constexpr int kExitCannotRun = 126;
inline constexpr int kExitNotFound = 127;

// Starts the command in a session of its own, with no signal blocked, every disposition default, standard streams
// inherited and no other descriptor. Environment: what the command gives, and PATH, HOME, TERM where it does not. An
// error when it could not be executed, its code being execve(2)'s errno: the child reports it before it ends.
[[nodiscard]] Result<pid_t> spawn(const Command& command);

struct Exited {
    pid_t pid = 0;
    int status = 0;  // as in a shell: the exit code, or 128 + the signal
};

// One child that has ended, if any has; never waits.
[[nodiscard]] std::optional<Exited> reap() noexcept;

}  // namespace nlinit::sys
