// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/pid_namespace.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace nlinit::sys {
namespace {

// PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h: namespaces that are made later get other numbers.
constexpr ino_t kFirstPidNamespace = 0xEFFFFFFC;
constexpr pid_t kKthreadd = 2;
// namespaces(7): what each network, IPC, UTS and user namespace has for itself.
constexpr std::array<std::string_view, 10> kNamespaced{"/proc/sys/net/",
                                                       "/proc/sys/user/",
                                                       "/proc/sys/fs/mqueue/",
                                                       "/proc/sys/kernel/shm",
                                                       "/proc/sys/kernel/msg",
                                                       "/proc/sys/kernel/sem",
                                                       "/proc/sys/kernel/auto_msg",
                                                       "/proc/sys/kernel/hostname",
                                                       "/proc/sys/kernel/domainname",
                                                       "/proc/sys/kernel/ns_last_pid"};

// In the first PID namespace process 2 is the kernel thread that starts all others, and in the process group 0. A
// PID namespace begins with PID 1 alone.
bool has_kernel_threads() noexcept {
    return ::getpgid(kKthreadd) == 0;
}

bool look_up() noexcept {
    struct stat status {};
    // The kernel starts an init before anything has mounted /proc.
    if (::stat("/proc/self/ns/pid", &status) != 0) return has_kernel_threads();
    return status.st_ino == kFirstPidNamespace;
}

}  // namespace

bool is_in_first_pid_namespace() noexcept {
    static const bool is_first = look_up();
    return is_first;
}

bool is_the_machines_alone(const char* path) noexcept {
    const auto is_below = [&](std::string_view prefix) { return std::string_view(path).starts_with(prefix); };
    struct statfs filesystem {};
    if (std::ranges::any_of(kNamespaced, is_below) || ::statfs(path, &filesystem) != 0) return false;
    const auto type = static_cast<unsigned long>(filesystem.f_type);
    const bool is_the_kernels = type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == BINFMTFS_MAGIC;
    return is_the_kernels && !is_in_first_pid_namespace();
}

bool shares_mount_namespace() noexcept {
    std::array<char, 16> self{};
    const auto size = ::readlink("/proc/self", self.data(), self.size());
    // A /proc in which PID 1 is called 1 was mounted for this PID namespace, and not for the processes around it.
    if (size <= 0 || std::string_view(self.data(), static_cast<std::size_t>(size)) == "1") return false;
    struct stat ours {
    }, theirs{};
    return ::stat("/proc/self/ns/mnt", &ours) == 0 && ::stat("/proc/1/ns/mnt", &theirs) == 0 &&
           ours.st_ino == theirs.st_ino;
}

}  // namespace nlinit::sys
