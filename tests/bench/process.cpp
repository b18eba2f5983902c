// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

namespace bench {

Duration now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

void die(const std::string& what) {
    std::printf("%s: %s: %s\n", program_invocation_short_name, what.c_str(), std::strerror(errno));
    std::exit(1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<char*> argv_of(const Command& command) {
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    return argv;
}

void become_client() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    close(STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
}

// vfork(2): the child is this process until it execs, so it can note the time here, and no page tables are copied.
Started start(const Command& command, std::optional<std::size_t> cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (cpu) CPU_SET(*cpu, &cpus);
    const auto argv = argv_of(command);
    volatile std::int64_t at = 0;
    const pid_t pid = vfork();
    if (pid == 0) {
        if (cpu && sched_setaffinity(0, sizeof cpus, &cpus) != 0) _exit(127);
        become_client();
        at = now().count();
        execv(argv[0], argv.data());
        _exit(127);
    }
    if (pid < 0) die("start " + command[0]);
    return {pid, Duration(at)};
}

int open_pidfd(pid_t pid) {
    const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (fd < 0) die("watch a process");
    return fd;
}

bool succeeded(int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void adopt_orphans() {
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) die("become a reaper of orphans");
}

Duration cpu_time(const rusage& usage) {
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

Duration kill_strays() {
    const std::string path = "/proc/self/task/" + std::to_string(gettid()) + "/children";
    Duration cpu{};
    for (;;) {
        // Anew before each wait: a child that dies leaves its own children to this process.
        std::ifstream children(path);
        for (pid_t pid = 0; children >> pid;) kill(pid, SIGKILL);
        int status = 0;
        rusage usage{};
        const pid_t pid = wait4(-1, &status, __WALL, &usage);
        if (pid < 0) return cpu;
        if (WIFSTOPPED(status)) {
            ptrace(PTRACE_CONT, pid, nullptr, nullptr);  // traced, it stops as it dies
        } else {
            cpu += cpu_time(usage);
        }
    }
}

}  // namespace bench
