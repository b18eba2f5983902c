#include "nlinit/sys/process/pid_namespace.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace nlinit::sys {
namespace {

// PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h: namespaces that are made later get other numbers.
constexpr ino_t kFirstPidNamespace = 0xEFFFFFFC;
constexpr pid_t kKthreadd = 2;

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
