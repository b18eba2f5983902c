// SPDX-License-Identifier: Apache-2.0
// What nlinit replaces: a parent that gets its network by running busybox, one program after the other, and waiting for
// each. Three programs from here, and those that udhcpc's script runs. The parent itself costs next to nothing, so that
// only the flow is measured.
//   busybox_flow BUSYBOX INTERFACE FOLDER     FOLDER gets the script
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

// What udhcpc runs with the event as its argument and the lease in the environment. BUSYBOX stands for the path.
constexpr std::string_view kScript = R"(#!BUSYBOX sh
# An address with its mask; without them in the lease, the usual ones.
set_address() {
    BUSYBOX ifconfig "$interface" "$ip" netmask "${subnet:-255.255.255.0}" broadcast "${broadcast:-+}" up
}

# However many default routes there are, all go.
drop_default_routes() {
    while BUSYBOX route del default gw 0.0.0.0 dev "$interface" 2>/dev/null; do
        continue
    done
}

# The first router that the kernel takes.
add_default_route() {
    for gateway in $router; do
        if BUSYBOX route add default gw "$gateway" dev "$interface"; then
            return 0
        fi
    done
}

set -e
if [ "$1" = deconfig ]; then
    BUSYBOX ifconfig "$interface" 0.0.0.0 || true
elif [ "$1" = bound ] || [ "$1" = renew ]; then
    set_address
    if [ -n "${router:-}" ]; then
        drop_default_routes
        add_default_route
    fi
fi
exit 0
)";

std::string script_for(std::string_view busybox) {
    constexpr std::string_view kPlaceholder = "BUSYBOX";
    std::string script(kScript);
    for (std::size_t at = 0; (at = script.find(kPlaceholder, at)) != std::string::npos; at += busybox.size())
        script.replace(at, kPlaceholder.size(), busybox);
    return script;
}

bool write_script(const std::string& path, std::string_view busybox) {
    const std::string text = script_for(busybox);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    const bool written = fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    close(fd);
    return written;
}

bool run(std::vector<std::string> command) {
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t pid = -1;
    int status = -1;
    if (posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) return false;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string busybox = argv[1], interface = argv[2], script = std::string(argv[3]) + "/udhcpc.script";
    run({busybox, "ip", "link", "set", "lo", "up"});
    run({busybox, "ip", "link", "set", interface, "up"});
    if (!write_script(script, busybox)) return 1;
    // One try of three packets, two seconds apart.
    return run({busybox, "udhcpc", "-i", interface, "-n", "-q", "-t", "3", "-T", "2", "-s", script}) ? 0 : 1;
}
