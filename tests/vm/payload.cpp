// SPDX-License-Identifier: Apache-2.0
// The payload of the VM tests and the demo: prints what a program started by nlinit finds in the guest, one fact a
// line, and exits with the status it was told. Static and without a dependency, for the guest has no library.
//   payload [--wait-addresses N] [--wait-fewer N] [--json] [--report] [--no-share] [--keep FILE] [--pivot]
//           [--identity] [--exit STATUS] [--crash] [--fork-for-ever] [--fill-shared-memory]
// It waits in the order of its options: until there are N addresses, or fewer than N.
// --fork-for-ever and --fill-shared-memory are attacks, and never return.
// --json adds nlinit's boot.json to the facts, --report runs `nlinit report`. --no-share does not look at the share;
// --identity adds who it is, and where. --keep counts in a file how often it has been run; --pivot changes the root of
// a child, as container runtimes do.
#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::array kMountsOfInterest{"/",
                                       "/proc",
                                       "/sys",
                                       "/dev",
                                       "/tmp",
                                       "/run",
                                       "/var",
                                       "/etc",
                                       "/dev/pts",
                                       "/Users",
                                       "/data",
                                       "/part",
                                       "/sys/fs/cgroup",
                                       "/run/nlinit/root/lower",
                                       "/run/nlinit/root/upper"};

std::string read_file(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

// One fact. Text of several lines becomes several facts of the same name, so that grep finds each.
void say(std::string_view name, const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) std::printf("%-12.*s %s\n", static_cast<int>(name.size()), name.data(), line.c_str());
}

void say_mounts() {
    std::ifstream table{"/proc/self/mountinfo"};
    for (std::string line; std::getline(table, line);) {
        std::istringstream words{line};
        std::string skip, target, options, word, type, source;
        words >> skip >> skip >> skip >> skip >> target >> options;
        std::string propagation;
        while (words >> word && word != "-") propagation += " " + word;
        words >> type >> source;
        for (const std::string_view wanted : kMountsOfInterest)
            if (target == wanted) say("mount", target + " " + type + " " + source + " " + options + propagation);
    }
}

std::string dotted(std::uint32_t network_order) {
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &network_order, text.data(), text.size());
    return text.data();
}

// Addresses of all links but lo, "eth0 10.0.2.15/24".
std::vector<std::string> addresses() {
    std::vector<std::string> found;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return found;
    for (const ifaddrs* row = list; row != nullptr; row = row->ifa_next) {
        if (row->ifa_addr == nullptr || row->ifa_addr->sa_family != AF_INET) continue;
        if (std::string_view{row->ifa_name} == "lo") continue;
        sockaddr_in address{}, mask{};
        std::memcpy(&address, row->ifa_addr, sizeof address);
        std::memcpy(&mask, row->ifa_netmask, sizeof mask);
        found.push_back(std::string{row->ifa_name} + " " + dotted(address.sin_addr.s_addr) + "/" +
                        std::to_string(__builtin_popcount(mask.sin_addr.s_addr)));
    }
    freeifaddrs(list);
    return found;
}

void say_routes() {
    std::ifstream table{"/proc/net/route"};
    std::string line;
    std::getline(table, line);  // the heading
    while (std::getline(table, line)) {
        std::istringstream words{line};
        std::string link, destination, gateway, skip, metric, mask;
        words >> link >> destination >> gateway >> skip >> skip >> skip >> metric >> mask;
        const auto number = [](const std::string& hex) {
            return static_cast<std::uint32_t>(std::strtoul(hex.c_str(), nullptr, 16));
        };
        const std::string to =
            number(mask) == 0 ? "default"
                              : dotted(number(destination)) + "/" + std::to_string(__builtin_popcount(number(mask)));
        say("route", to + (number(gateway) != 0 ? " via " + dotted(number(gateway)) : "") + " dev " + link +
                         " metric " + metric);
    }
}

// Processes and threads made since the kernel started; the kernel's own are all children of kthreadd.
void say_forks() {
    std::istringstream stat{read_file("/proc/stat")};
    for (std::string line; std::getline(stat, line);)
        if (line.starts_with("processes ")) say("forks", line.substr(line.find(' ') + 1) + " since power-on");
    int alive = 0;
    if (DIR* proc = opendir("/proc")) {
        while (const dirent* entry = readdir(proc)) {
            if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
            if (!read_file(std::string{"/proc/"} + entry->d_name + "/cmdline").empty()) ++alive;
        }
        closedir(proc);
    }
    say("processes", std::to_string(alive) + " outside the kernel, this one included");
}

void wait_for_addresses(bool (*enough)(std::size_t there, std::size_t wanted), std::size_t wanted, const char* what) {
    const int monitor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    sockaddr_nl group{};
    group.nl_family = AF_NETLINK;
    group.nl_groups = RTMGRP_IPV4_IFADDR;
    if (monitor < 0 || bind(monitor, reinterpret_cast<const sockaddr*>(&group), sizeof group) != 0) return;
    if (!enough(addresses().size(), wanted)) {
        std::printf("payload: waiting for %s\n", what);
        std::fflush(stdout);
    }
    std::array<char, 8192> buffer{};
    while (!enough(addresses().size(), wanted))
        if (recv(monitor, buffer.data(), buffer.size(), 0) < 0) break;
    close(monitor);
}

// Left open by no one and synced by no one: that is nlinit's part.
void count_in(const std::string& path) {
    const int count = std::atoi(read_file(path).c_str()) + 1;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
    std::ofstream{path} << count << std::string(1 << 20, '\n');
    say("kept", read_file(path));
}

void say_identity() {
    std::array<gid_t, 32> groups{};
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? " " : "") + std::to_string(groups[static_cast<std::size_t>(i)]);
    say("identity",
        "user " + std::to_string(::getuid()) + ", group " + std::to_string(::getgid()) + ", groups " + list);
    say("identity", "directory " + std::filesystem::current_path().string());
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(name) + '=' + (value != nullptr ? value : "");
    };
    say("identity", variable("HOME") + ' ' + variable("LEVEL"));
}

void say_facts(bool look_at_share) {
    utsname kernel{};
    uname(&kernel);
    say("kernel", std::string{kernel.release} + " " + kernel.machine);
    say("hostname", kernel.nodename);
    say("uptime", read_file("/proc/uptime"));
    say("pid", std::to_string(getpid()) + ", parent " + std::to_string(getppid()));
    say_mounts();
    for (const std::string& address : addresses()) say("address", address);
    say_routes();
    say("resolv.conf", read_file("/etc/resolv.conf"));
    say("hosts", read_file("/etc/hosts"));
    say("ip_forward", read_file("/proc/sys/net/ipv4/ip_forward"));
    say("proxy_arp", read_file("/proc/sys/net/ipv4/conf/eth1/proxy_arp"));  // of the second NIC, where there is one
    say("ca", access("/etc/ssl/certs/ca-certificates.crt", R_OK) == 0 ? "readable" : "missing");
    if (look_at_share) say("share", read_file("/Users/greeting"));
    say("root", access("/", W_OK) == 0 ? "writable" : "read-only");
    say_forks();
    std::fflush(stdout);
}

// In a mount namespace of its own, to a tmpfs: what runc and containerd do, but for what is in it.
void pivot() {
    const auto fails = [](int result, const char* call) {
        if (result != 0) std::printf("pivot        %s: %s\n", call, std::strerror(errno));
        return result != 0;
    };
    const pid_t child = fork();
    if (child == 0) {
        const bool failed = fails(unshare(CLONE_NEWNS), "unshare") ||
                            fails(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make private") ||
                            fails(mount("tmpfs", "/tmp", "tmpfs", 0, nullptr), "mount") ||
                            fails(chdir("/tmp"), "chdir") ||
                            fails(static_cast<int>(syscall(SYS_pivot_root, ".", ".")), "pivot_root") ||
                            fails(umount2(".", MNT_DETACH), "leave the old root");
        if (!failed) std::puts("pivot        done");
        std::fflush(stdout);
        _exit(0);
    }
    if (child > 0) waitpid(child, nullptr, 0);
}

void run_report() {
    const pid_t child = fork();
    if (child == 0) {
        execl("/sbin/nlinit", "nlinit", "report", nullptr);
        _exit(127);
    }
    if (child > 0) waitpid(child, nullptr, 0);
}

// As a mistake in a program does it, and deaf to SIGTERM. Never returns, in none of its children.
[[noreturn]] void fork_for_ever() {
    signal(SIGTERM, SIG_IGN);
    std::puts("payload: forking");
    std::fflush(stdout);
    while (true) fork();
}

// Of System V: it belongs to no process and to no filesystem, and stays when who made it is killed.
[[noreturn]] void fill_shared_memory() {
    constexpr std::size_t kSegment = 4 << 20;
    std::puts("payload: filling shared memory");
    std::fflush(stdout);
    while (true) {
        const int segment = shmget(IPC_PRIVATE, kSegment, IPC_CREAT | 0600);
        void* memory = segment < 0 ? reinterpret_cast<void*>(-1) : shmat(segment, nullptr, 0);
        if (memory == reinterpret_cast<void*>(-1)) {
            std::printf("payload: no more shared memory: %s\n", std::strerror(errno));
            std::exit(1);
        }
        std::memset(memory, 1, kSegment);
    }
}

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    bool json = false, table = false, share = true;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--json") json = true;
        if (option == "--report") table = true;
        if (option == "--fork-for-ever") fork_for_ever();
        if (option == "--fill-shared-memory") fill_shared_memory();
        if (option == "--no-share") share = false;
        if (option == "--pivot") pivot();
        if (option == "--identity") say_identity();
        if (option == "--keep" && i + 1 < argc) count_in(argv[++i]);
        if (option == "--exit" && i + 1 < argc) status = std::atoi(argv[++i]);
        if (option == "--crash") std::raise(SIGSEGV);
        if (option == "--wait-addresses" && i + 1 < argc)
            wait_for_addresses([](auto there, auto wanted) { return there >= wanted; },
                               static_cast<std::size_t>(std::atoi(argv[++i])), "addresses");
        if (option == "--wait-fewer" && i + 1 < argc)
            wait_for_addresses([](auto there, auto wanted) { return there < wanted; },
                               static_cast<std::size_t>(std::atoi(argv[++i])), "fewer addresses");
    }
    say_facts(share);
    if (json) say("boot.json", read_file("/run/nlinit/boot.json"));
    if (table) run_report();
    std::printf("payload: exit %d\n", status);
    std::fflush(stdout);
    tcdrain(STDOUT_FILENO);  // the kernel's lines would come in between
    return status;
}
