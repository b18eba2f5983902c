// SPDX-License-Identifier: Apache-2.0
// Starting and reaping processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/rlimit.hpp"
#include "nlinit/sys/process/accounts.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// A user as configured; empty: root.
struct Account {
    std::string user;
    std::vector<std::string> groups;
};

struct Command {
    std::vector<std::string> arguments;  // the first is the program: a path, or a name looked for in PATH
    std::map<std::string, std::string> environment;
    std::string working_directory = "/";
    std::string cgroup = {};   // a leaf of /sys/fs/cgroup to be in, made if need be: "payload". Best effort
    CgroupLimits limits = {};  // of that leaf
    std::string tty = {};      // a terminal for its standard streams; empty: those that PID 1 has
    std::optional<Identity> identity = {};  // none: the caller's
    // Looked for in /etc/passwd and /etc/group by the process that becomes the command, for their disk may not answer:
    // its HOME, and its identity where it names a user or groups.
    std::optional<Account> account = {};
    // The only CAP_* that the command and its children can ever have; a user other than root has them from the start.
    // None: the caller's capabilities, and for a user other than root no capability. Dropped capabilities cannot be
    // regained, so set this for a child only.
    std::optional<std::vector<std::uint8_t>> capabilities = {};
    // Of those, the ones that a user other than root has from the start; none: all of them.
    std::optional<std::vector<std::uint8_t>> ambient_capabilities = {};
    bool no_new_privs = false;                       // prctl(2)
    std::vector<ProcessLimit> rlimits = {};          // setrlimit(2)
    std::optional<std::uint32_t> umask = {};         // umask(2)
    std::optional<std::int16_t> oom_score_adj = {};  // proc_pid_oom_score_adj(5)
    bool makes_working_directory = false;            // where it is not there, as root
};

// Where its program may be, by the command's PATH and not by ours.
[[nodiscard]] std::vector<std::string> candidates(const Command& command);

// Exit codes of a command that did not start, as Docker has them.
inline constexpr int kExitNotPrepared = 125;
inline constexpr int kExitCannotRun = 126;
inline constexpr int kExitNotFound = 127;

// The failure of a command whose program execve(2) was still loading when spawn() returned, for example from a slow
// share.
class LateFailure {
  public:
    LateFailure() = default;
    explicit LateFailure(UniqueFd from) : from_(std::move(from)) {}

    // To be called when the child has ended: the reason why the program could not be executed; nothing when it was
    // executed.
    [[nodiscard]] std::optional<Error> error() const;

  private:
    UniqueFd from_;
};

// Starts the command in a session of its own, with a controlling terminal if there is one, with no signal blocked,
// every disposition default, and no descriptor but the standard streams. The environment is the command's, with PATH,
// HOME and TERM added where it lacks them. When the program cannot be executed, the child reports the error before it
// ends. The error's code is execve(2)'s errno, or 0 when the terminal, the user, the working directory or the process
// was missing. The child is waited for no longer than a moment; what it reports afterwards is in `late`.
[[nodiscard]] Result<pid_t> spawn(const Command& command, LateFailure* late = nullptr);

// The same for the calling process, which becomes the command: returns when it could not, with its identity, signals
// and directory restored. Standard streams, session and cgroup may have changed, and handlers are gone.
[[nodiscard]] Error exec(const Command& command);

// Reads the account files, the working directory and the program, as exec() will, and returns the identity as text
// (sys/process/accounts). Their filesystems may never answer, so a child calls this first, and exec() does not wait for
// ever.
[[nodiscard]] Result<std::string> look_for(const Command& command);

// 125, 126 or 127 for an error of spawn() or exec().
[[nodiscard]] int exit_status_of(const Error& error) noexcept;

// Whether another attempt may succeed. It cannot when the program is missing, or is no executable file.
[[nodiscard]] bool may_start_later(const Error& error) noexcept;

struct Exited {
    pid_t pid = 0;
    int status = 0;  // as in a shell: the exit code, or 128 + the signal
    int signal = 0;  // that killed it; 0: none did
    bool dumped_core = false;
};

// "status 139: killed by SIGSEGV, core dumped". Of an exit code it says what a shell would mean by it.
[[nodiscard]] std::string in_words(const Exited& exited);
[[nodiscard]] std::string name_of_signal(int number);  // "SIGSEGV"

// Reaps one child that has ended, if there is one; never waits.
[[nodiscard]] std::optional<Exited> reap() noexcept;

// Whether there is a child, running or ended and not yet reaped.
[[nodiscard]] bool has_children() noexcept;
// Of those that do work aside (sys/aside) one may never end, and at the end of the machine nobody waits for it.
[[nodiscard]] bool has_children_but_asides();

}  // namespace nlinit::sys
