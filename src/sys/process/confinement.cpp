// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/confinement.hpp"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nlinit::sys {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

// Ordered by purpose. Calls that only older architectures have stand in the #if below.
constexpr std::array kAllowed = {
    // descriptors
    __NR_read,
    __NR_write,
    __NR_readv,
    __NR_writev,
    __NR_pread64,
    __NR_pwrite64,
    __NR_lseek,
    __NR_close,
    __NR_close_range,
    __NR_dup,
    __NR_dup3,
    __NR_fcntl,
    __NR_ioctl,
    __NR_pipe2,
    __NR_fsync,
    __NR_fdatasync,
    __NR_ftruncate,
    // files
    __NR_openat,
    __NR_openat2,
    __NR_fstat,
    __NR_newfstatat,
    __NR_statx,
    __NR_statfs,
    __NR_fstatfs,
    __NR_faccessat,
    __NR_faccessat2,
    __NR_getdents64,
    __NR_readlinkat,
    __NR_renameat2,
    __NR_renameat,
    __NR_unlinkat,
    __NR_mkdirat,
    __NR_symlinkat,
    __NR_linkat,
    __NR_fchmod,
    __NR_fchmodat,
    __NR_fchown,
    __NR_fchownat,
    __NR_utimensat,
    __NR_getcwd,
    __NR_umask,
    // events
    __NR_ppoll,
    __NR_epoll_create1,
    __NR_epoll_ctl,
    __NR_epoll_pwait,
    __NR_epoll_pwait2,
    __NR_eventfd2,
    __NR_signalfd4,
    __NR_timerfd_create,
    __NR_timerfd_settime,
    __NR_inotify_init1,
    __NR_inotify_add_watch,
    __NR_inotify_rm_watch,
    // sockets
    __NR_socket,
    __NR_socketpair,
    __NR_bind,
    __NR_connect,
    __NR_getsockname,
    __NR_getpeername,
    __NR_getsockopt,
    __NR_setsockopt,
    __NR_sendto,
    __NR_sendmsg,
    __NR_recvfrom,
    __NR_recvmsg,
    __NR_shutdown,
    // memory
    __NR_mmap,
    __NR_munmap,
    __NR_mremap,
    __NR_mprotect,
    __NR_madvise,
    __NR_brk,
    __NR_futex,
    // signals and children
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_rt_sigtimedwait,
    __NR_kill,
    __NR_tgkill,
    __NR_wait4,
    __NR_waitid,
    __NR_exit,
    __NR_exit_group,
    __NR_restart_syscall,
    __NR_set_robust_list,
    __NR_rseq,
    __NR_set_tid_address,
    __NR_setsid,
    __NR_pidfd_open,
    __NR_pidfd_send_signal,
    __NR_prctl,
    // who, when, how much
    __NR_getpid,
    __NR_getppid,
    __NR_gettid,
    __NR_getuid,
    __NR_geteuid,
    __NR_getgid,
    __NR_getegid,
    __NR_clock_gettime,
    __NR_clock_nanosleep,
    __NR_nanosleep,
    __NR_gettimeofday,
    __NR_getrandom,
    __NR_uname,
    __NR_sysinfo,
    __NR_prlimit64,
    __NR_sched_yield,
    __NR_sched_getaffinity,
#if defined(__x86_64__)
    __NR_open,
    __NR_stat,
    __NR_lstat,
    __NR_access,
    __NR_readlink,
    __NR_rename,
    __NR_unlink,
    __NR_mkdir,
    __NR_rmdir,
    __NR_symlink,
    __NR_chmod,
    __NR_chown,
    __NR_pipe,
    __NR_dup2,
    __NR_poll,
    __NR_epoll_wait,
    __NR_epoll_create,
    __NR_fork,
    __NR_arch_prctl,
    __NR_time,
#endif
};

constexpr std::uint32_t kForeignNamespaces =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

constexpr std::uint32_t refusal(int error) {
    return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
sock_filter answer(std::uint32_t value) {
    return BPF_STMT(BPF_RET | BPF_K, value);
}
// Goes on behind the next instruction unless A is the number.
sock_filter unless_equal_skip(int number) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1);
}

std::vector<sock_filter> program() {
    std::vector<sock_filter> filter = {
        load(offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
        answer(refusal(EPERM)),  // 32-bit calls have other numbers
        load(offsetof(seccomp_data, nr)),
    };
    for (const auto number : kAllowed) {
        filter.push_back(unless_equal_skip(static_cast<int>(number)));
        filter.push_back(answer(SECCOMP_RET_ALLOW));
    }
    // Its flags are in memory, where a filter cannot look; glibc goes on with clone(2).
    filter.push_back(unless_equal_skip(__NR_clone3));
    filter.push_back(answer(refusal(ENOSYS)));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(__NR_clone), 1, 0));
    filter.push_back(answer(refusal(EPERM)));
    // The low half of the flags, in the memory of a machine that begins with it.
    filter.push_back(load(offsetof(seccomp_data, args[0])));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kForeignNamespaces, 0, 1));
    filter.push_back(answer(refusal(EPERM)));
    filter.push_back(answer(SECCOMP_RET_ALLOW));
    return filter;
}

}  // namespace

Result<> bound_capabilities_to(std::span<const std::uint8_t> capabilities) {
    // Up to the last that the kernel knows: a newer one knows more than our headers.
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
        if (std::ranges::find(capabilities, capability) != capabilities.end()) continue;
        if (::prctl(PR_CAPBSET_DROP, capability) != 0) return Error{errno, "drop a capability"};
    }
    if (::prctl(PR_SET_KEEPCAPS, 1) != 0) return Error{errno, "keep capabilities"};
    return {};
}

Result<> take_capabilities_of(std::span<const std::uint8_t> capabilities, std::span<const std::uint8_t> handed_on) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    for (const auto capability : capabilities) {
        auto& set = sets.at(capability / 32);
        set.permitted |= 1U << (capability % 32);
        set.effective = set.permitted;
    }
    for (const auto capability : handed_on) sets.at(capability / 32).inheritable |= 1U << (capability % 32);
    if (::syscall(SYS_capset, &header, sets.data()) != 0) return Error{errno, "give up capabilities"};
    for (const auto capability : handed_on) {
        if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0)
            return Error{errno, "hand on a capability"};
    }
    return {};
}

bool may_have_capability(std::uint8_t capability) noexcept {
    return ::prctl(PR_CAPBSET_READ, capability) == 1;
}

Result<> confine_system_calls() {
    auto filter = program();
    const sock_fprog whole{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Error{errno, "give up new privileges"};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) != 0) return Error{errno, "filter system calls"};
    return {};
}

}  // namespace nlinit::sys
