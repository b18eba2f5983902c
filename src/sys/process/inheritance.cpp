#include "nlinit/sys/process/inheritance.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

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

}  // namespace nlinit::sys
