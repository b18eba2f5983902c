// SPDX-License-Identifier: Apache-2.0
// The least that an init can do: what the arcbox profile mounts, writes and makes, the modules in the order of a list,
// a lease, the payload as a child in a control group of its own; every system call that this needs, one after the
// other, and nothing else.
//   floor_init            all of it, as /init
//   floor_init busybox    what is left for the parent in the flow that nlinit replaces, when a shell has mounted /proc,
//                         /sys and /dev and loaded the modules; the network is made by `busybox_flow`
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string_view>

#include "boot_stamps.hpp"
#include "floor.hpp"

namespace {

struct Row {
    const char *type, *target;
    unsigned long flags;
    const char* data;
};

constexpr Row kEarly[] = {{"proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr},
                          {"sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr},
                          {"devtmpfs", "/dev", MS_NOSUID, nullptr}};
constexpr Row kLate[] = {
    {"tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777"},
    {"tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755"},
    {"tmpfs", "/var", MS_NOSUID | MS_NODEV, "mode=0755"},
    {"tmpfs", "/etc", MS_NOSUID | MS_NODEV, "mode=0755"},
    {"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=666"},
    {"tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777"},
    {"cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "nsdelegate,memory_recursiveprot"}};
constexpr const char* kDirectories[] = {"/etc/ssl", "/etc/ssl/certs",  "/var/lib",       "/var/lib/docker",
                                        "/var/run", "/var/run/docker", "/run/containerd"};
constexpr const char* kLinks[][2] = {{"/proc/self/fd", "/dev/fd"},
                                     {"/proc/self/fd/0", "/dev/stdin"},
                                     {"/proc/self/fd/1", "/dev/stdout"},
                                     {"/proc/self/fd/2", "/dev/stderr"},
                                     {"pts/ptmx", "/dev/ptmx"}};

template <std::size_t N>
void mount_all(const Row (&rows)[N]) {
    for (const Row& row : rows) {
        mkdir(row.target, 0755);
        if (mount(row.type, row.target, row.type, row.flags, row.data) != 0) std::perror(row.target);
    }
}

void write_file(const char* path, std::string_view text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    static_cast<void>(!write(fd, text.data(), text.size()));
    close(fd);
}

void load_modules() {
    FILE* list = std::fopen("/modules.list", "re");
    char path[512];
    while (list != nullptr && std::fscanf(list, "%511s", path) == 1) {
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (syscall(SYS_finit_module, fd, "", 0) != 0) std::perror(path);
        close(fd);
    }
}

void mount_and_write() {
    mount_all(kLate);
    write_file("/etc/resolv.conf", "nameserver 192.168.64.1\n");
    write_file("/etc/hosts", "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n");
    write_file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    write_file("/etc/group", "root:x:0:\n");
    for (const char* directory : kDirectories) mkdir(directory, 0755);
    for (const auto& [target, path] : kLinks) static_cast<void>(!symlink(target, path));
    write_file("/proc/sys/net/ipv4/ip_forward", "1");
}

// Init in a leaf of its own, all controllers for the payload in its.
void make_groups() {
    char controllers[256] = {}, enabled[512] = {};
    const int fd = open("/sys/fs/cgroup/cgroup.controllers", O_RDONLY | O_CLOEXEC);
    static_cast<void>(!read(fd, controllers, sizeof controllers - 1));
    close(fd);
    for (char* word = std::strtok(controllers, " \n"); word != nullptr; word = std::strtok(nullptr, " \n")) {
        std::strcat(std::strcat(std::strcat(enabled, "+"), word), " ");
    }
    mkdir("/sys/fs/cgroup/init", 0755);
    write_file("/sys/fs/cgroup/init/cgroup.procs", "0");
    write_file("/sys/fs/cgroup/cgroup.subtree_control", enabled);
    mkdir("/sys/fs/cgroup/payload", 0755);
}

int run_payload() {
    const pid_t pid = vfork();
    if (pid == 0) {
        const int fd = open("/sys/fs/cgroup/payload/cgroup.procs", O_WRONLY | O_CLOEXEC);
        static_cast<void>(!write(fd, "0", 1));
        setsid();
        execl("/payload", "payload", static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

void run_busybox_flow() {
    const pid_t pid = fork();
    if (pid == 0) {
        execl("/busybox_flow", "busybox_flow", "/bin/busybox", "eth0", "/run", static_cast<char*>(nullptr));
        _exit(127);
    }
    waitpid(pid, nullptr, 0);
}

}  // namespace

int main(int argc, char** argv) {
    const bool busybox = argc > 1 && argv[1] == std::string_view("busybox");
    if (busybox) {
        mount_and_write();
        run_busybox_flow();
        leave_stamp(kNetworkStamp);
        execl("/payload", "payload", static_cast<char*>(nullptr));
        return 1;
    }
    mount_all(kEarly);
    load_modules();
    write_file("/sys/kernel/rcu_expedited", "1");
    mount_and_write();
    make_groups();
    configure_link("eth0", false);
    leave_stamp(kNetworkStamp);
    return run_payload();
}
