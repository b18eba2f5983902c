// The payload of the boots that are measured: says when it runs, in microseconds since the kernel ran init, and ends
// the machine. `stamps network payload`; the network is 0 where the init leaves no stamp of it.
#include <sys/reboot.h>

#include <cstdio>

#include "boot_stamps.hpp"

int main() {
    const auto now = microseconds_since_boot();
    const auto start = read_stamp(kStartStamp), network = read_stamp(kNetworkStamp);
    std::printf("\nstamps %lld %lld\n", static_cast<long long>(network == 0 ? 0 : network - start),
                static_cast<long long>(now - start));
    // Of nlinit, which keeps its own account.
    if (FILE* report = std::fopen("/run/nlinit/boot.json", "re")) {
        char line[1024];
        while (std::fgets(line, sizeof line, report) != nullptr) std::printf("boot.json %s", line);
        std::printf("start_ms %.3f\n", static_cast<double>(start) / 1000);
    }
    std::fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    pause();
}
