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
    // CAP_* that it and its children may have at the most, and that a user other than root has from the start; none: as
    // many as the caller, and of a user's none. Not to be given back: for a child alone.
    std::optional<std::vector<std::uint8_t>> capabilities = {};
    bool no_new_privs = false;  // prctl(2)
};

// Exit codes of a command that did not start, as Docker has them.
inline constexpr int kExitNotPrepared = 125;
inline constexpr int kExitCannotRun = 126;
inline constexpr int kExitNotFound = 127;

// What became of a command whose program was still being looked for when spawn() returned, as on a share that is slow.
class LateFailure {
  public:
    LateFailure() = default;
    explicit LateFailure(UniqueFd from) : from_(std::move(from)) {}

    // For when the child has ended: why it could not be executed. None: it was.
    [[nodiscard]] std::optional<Error> error() const;

  private:
    UniqueFd from_;
};

// Starts the command in a session of its own, with a controlling terminal if there is one, with no signal blocked,
// every disposition default, and no descriptor but the standard streams. Environment: what the command gives, and PATH,
// HOME, TERM where it does not. An error when it could not be executed: the child reports it before it ends. Its code
// is execve(2)'s errno; 0 when it did not come that far, for want of a terminal, a user, a directory or a process. The
// child is waited for no longer than a moment; what it reports afterwards is in `late`.
[[nodiscard]] Result<pid_t> spawn(const Command& command, LateFailure* late = nullptr);

// The same for the calling process, which becomes the command: returns when it could not, with its identity, signals
// and directory restored. Standard streams, session and cgroup may have changed, and handlers are gone.
[[nodiscard]] Error exec(const Command& command);

// Looks at what exec() will need of filesystems, which may not answer: the account, the working directory and the
// program. For a child, that exec() may not wait for ever. Gives the identity in text (sys/accounts).
[[nodiscard]] Result<std::string> look_for(const Command& command);

// 125, 126 or 127 for an error of spawn() or exec().
[[nodiscard]] int exit_status_of(const Error& error) noexcept;

// Whether another try may end otherwise: not for a program that is not there, or is none.
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

// One child that has ended, if any has; never waits.
[[nodiscard]] std::optional<Exited> reap() noexcept;

// Whether there is a child, running or ended and not yet reaped.
[[nodiscard]] bool has_children() noexcept;
// Of those that do work aside (sys/aside) one may never end, and at the end of the machine nobody waits for it.
[[nodiscard]] bool has_children_but_asides();

}  // namespace nlinit::sys
