// SPDX-License-Identifier: Apache-2.0
#include "trial.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);  // for one run

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
    const auto started = start(command, client_cpu);
    const int pidfd = open_pidfd(started.pid);
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
