#include "trial.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);  // for one run

struct Started {
    pid_t pid = -1;
    Duration at{};
};

// vfork(2): the child is this process until it execs, so it can note the time here, and no page tables are copied.
Started start(const Command& command, const cpu_set_t* cpus) {
    const auto argv = argv_of(command);
    volatile std::int64_t at = 0;
    const pid_t pid = vfork();
    if (pid == 0) {
        if (cpus != nullptr && sched_setaffinity(0, sizeof *cpus, cpus) != 0) _exit(127);
        become_client();
        at = now().count();
        execv(argv[0], argv.data());
        _exit(127);
    }
    if (pid < 0) die("start " + command[0]);
    return {pid, Duration(at)};
}

struct Moments {
    std::optional<Duration> carrier, route, exit;
};

// When each came, as far as it did in time. The eager watcher asks again and again until the route is there.
Moments watch(int pidfd, Guest& guest, Duration limit, bool eager) {
    Moments moments;
    while (!moments.exit) {
        std::array<pollfd, 3> watched{{{pidfd, POLLIN, 0},
                                       {moments.route ? -1 : guest.route_events(), POLLIN, 0},
                                       {moments.carrier ? -1 : guest.carrier_events(), POLLIN, 0}}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - now());
        if (left.count() <= 0) break;
        const int patience = eager && !moments.route ? 0 : static_cast<int>(left.count());
        if (poll(watched.data(), watched.size(), patience) == 0) continue;
        const auto time = now();
        if (watched[2].revents != 0) moments.carrier = time;
        if (watched[1].revents != 0) moments.route = time;
        if (watched[0].revents != 0) moments.exit = time;
    }
    return moments;
}

}  // namespace

std::optional<Trial> run_timed(const Command& command, Guest& guest, std::optional<std::size_t> client_cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (client_cpu) CPU_SET(*client_cpu, &cpus);
    const auto started = start(command, client_cpu ? &cpus : nullptr);
    const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, started.pid, 0));
    if (pidfd < 0) die("watch a process");
    const auto moments = watch(pidfd, guest, started.at + kPatience, client_cpu.has_value());
    close(pidfd);
    if (!moments.exit) kill(started.pid, SIGKILL);
    int status = 0;
    rusage usage{};
    if (wait4(started.pid, &status, 0, &usage) != started.pid) die("wait for " + command[0]);
    const auto cpu = cpu_time(usage) + kill_strays();
    if (!moments.exit || !moments.route || !moments.carrier || !succeeded(status)) return std::nullopt;
    return Trial{*moments.route - started.at, *moments.route - *moments.carrier, *moments.exit - started.at, cpu};
}

}  // namespace bench
