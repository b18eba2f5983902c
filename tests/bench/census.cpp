// SPDX-License-Identifier: Apache-2.0
#include "census.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace bench {
namespace {

constexpr unsigned kPatience = 20;  // seconds, for one run

constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                          PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;

// Stops right before its exec(3).
pid_t start_traced(const Command& command) {
    const auto argv = argv_of(command);
    const pid_t pid = fork();
    if (pid == 0) {
        become_client();
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        raise(SIGSTOP);
        execv(argv[0], argv.data());
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, nullptr, 0) != pid) die("start " + command[0]);
    if (ptrace(PTRACE_SETOPTIONS, pid, nullptr, kOptions) != 0) die("trace " + command[0]);
    ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
    return pid;
}

long peak_rss_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        long kib = 0;
        if (word == "VmHWM:" && status >> kib) return kib;
    }
    return 0;
}

bool enters_system_call(pid_t pid) {
    __ptrace_syscall_info info{};
    const auto size = ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    return size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

void count_event(pid_t pid, int event, Census& census) {
    switch (event) {
        case PTRACE_EVENT_FORK:
        case PTRACE_EVENT_VFORK:
        case PTRACE_EVENT_CLONE:
            ++census.processes;
            break;
        case PTRACE_EVENT_EXEC:
            ++census.execs;
            break;
        case PTRACE_EVENT_EXIT:  // its memory is still there
            census.peak_rss_kib = std::max(census.peak_rss_kib, peak_rss_of(pid));
            break;
        default:
            break;
    }
}

// The signal to deliver as the process goes on, 0 for none.
int handle_stop(pid_t pid, int status, Census& census) {
    const int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {  // PTRACE_O_TRACESYSGOOD
        if (enters_system_call(pid)) ++census.system_calls;
        return 0;
    }
    count_event(pid, status >> 16, census);
    return signal == SIGSTOP || signal == SIGTRAP ? 0 : signal;  // SIGSTOP is how a new tracee begins
}

// The client's status, or nothing if it had to be killed.
std::optional<int> follow(pid_t client, Census& census) {
    for (;;) {
        int status = 0;
        const pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) return std::nullopt;  // EINTR: the alarm
        if (pid == client && !WIFSTOPPED(status)) return status;
        if (WIFSTOPPED(status)) ptrace(PTRACE_SYSCALL, pid, nullptr, handle_stop(pid, status, census));
    }
}

}  // namespace

std::optional<Census> run_counted(const Command& command) {
    struct sigaction interrupt {};
    interrupt.sa_handler = [](int) {};
    sigaction(SIGALRM, &interrupt, nullptr);
    alarm(kPatience);
    Census census;
    census.execs = 0;  // the first is seen as all others are
    const auto status = follow(start_traced(command), census);
    alarm(0);
    kill_strays();
    if (!status || !succeeded(*status)) return std::nullopt;
    return census;
}

}  // namespace bench
