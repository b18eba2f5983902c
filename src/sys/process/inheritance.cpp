// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/inheritance.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <initializer_list>

namespace nlinit::sys {

void drop_inheritance() noexcept {
    ::close_range(STDERR_FILENO + 1, ~0U, 0);  // since Linux 5.9; a file that stays open keeps its disk writable
    ::umask(S_IWGRP | S_IWOTH);
    ::signal(SIGCHLD, SIG_DFL);
}

void stop_inherited_timers() noexcept {
    constexpr itimerval kNever{};
    for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF})
        static_cast<void>(::setitimer(timer, &kNever, nullptr));
}

// One call for all three: every start pays for it. open(2) takes the lowest number that is free.
void occupy_closed_streams() noexcept {
    std::array<pollfd, 3> streams{{{STDIN_FILENO, 0, 0}, {STDOUT_FILENO, 0, 0}, {STDERR_FILENO, 0, 0}}};
    if (::poll(streams.data(), streams.size(), 0) <= 0) return;
    for (const auto& stream : streams) {
        if ((stream.revents & POLLNVAL) != 0) static_cast<void>(::open("/", O_PATH));
    }
}

void take_file_limit_as_error() noexcept {
    ::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace nlinit::sys
