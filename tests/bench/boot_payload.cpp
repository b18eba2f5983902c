// SPDX-License-Identifier: Apache-2.0
// The payload of the boots that are measured: says when it runs, in microseconds since the kernel ran init, and ends
// the machine. `stamps network payload`; the network is 0 where the init leaves no stamp of it.
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/reboot.h>
#include <sys/stat.h>

#include <cstdio>

#include "boot_stamps.hpp"

namespace {

constexpr const char* kReport = "/run/nlinit/boot.json";
constexpr int kPatienceMs = 2000;

// nlinit's own account, which it writes when the payload runs already. The watch comes before the look.
void await_report() {
    mkdir("/run/nlinit", 0755);
    const int events = inotify_init1(IN_CLOEXEC);
    inotify_add_watch(events, "/run/nlinit", IN_MOVED_TO);
    pollfd written{events, POLLIN, 0};
    if (access(kReport, F_OK) != 0) poll(&written, 1, kPatienceMs);
}

}  // namespace

int main() {
    const auto now = microseconds_since_boot();
    const auto start = read_stamp(kStartStamp), network = read_stamp(kNetworkStamp);
    std::printf("\nstamps %lld %lld\n", static_cast<long long>(network == 0 ? 0 : network - start),
                static_cast<long long>(now - start));
    if (network == 0) await_report();
    if (FILE* report = std::fopen(kReport, "re")) {
        char line[1024];
        while (std::fgets(line, sizeof line, report) != nullptr) std::printf("boot.json %s", line);
        std::printf("start_ms %.3f\n", static_cast<double>(start) / 1000);
    }
    std::fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    pause();
}
