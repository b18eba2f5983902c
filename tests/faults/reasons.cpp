// SPDX-License-Identifier: Apache-2.0
#include "reasons.hpp"

#include <sys/syscall.h>

#include <array>
#include <cerrno>

namespace nlinit::faults {
namespace {

struct Reason {
    long call;                  // kAny: any
    int code;                   // 0: any
    std::string_view argument;  // a part of it
    std::string_view why;
};

constexpr long kAny = -1;

// Nothing is lost in any of these: a loss is looked for first, and must have been told.
constexpr std::array kReasons{
    Reason{kAny, EINTR, "", "it is made again"},
    Reason{SYS_close, 0, "", "the descriptor is free all the same (close(2))"},
    Reason{SYS_brk, 0, "", "malloc(3) takes memory by mmap(2) instead"},
    Reason{SYS_mmap, 0, "", "malloc(3) finds memory elsewhere"},
    Reason{SYS_munmap, 0, "", "the memory stays"},
    Reason{SYS_mremap, 0, "", "malloc(3) copies instead"},
    Reason{SYS_getrandom, 0, "", "chance comes from the clock"},
    // The log itself.
    Reason{SYS_write, 0, "/dev/kmsg", "the line goes to the console"},
    Reason{SYS_openat, 0, "/dev/kmsg", "lines wait, and it is opened for the next one"},
    Reason{kAny, 0, "/proc/sys/kernel/printk_devkmsg", "the kernel may drop lines of a long log"},
    Reason{kAny, 0, "/proc/sys/kernel/printk", "the console's level is taken for that of quiet"},
    Reason{kAny, 0, "/dev/console", "the kernel's log has the line"},
    // Standard streams.
    Reason{SYS_fcntl, 0, "", "taken for closed, and opened again"},
    Reason{SYS_dup2, 0, "", "the stream stays closed: the log does not need it"},
    // The end makes its calls by children: what one could not be made for is tried again when another has ended. For
    // the steps of a boot it is made a moment later.
    Reason{SYS_pipe2, 0, "", "the call is made again when another child has ended, or by the next pass"},
    Reason{SYS_clone, 0, "", "the call is made again when another child has ended, or by the next pass"},
    Reason{SYS_socketpair, 0, "", "the child is made a moment later"},
    Reason{SYS_openat, ENOENT, "/proc/swaps", "as in a kernel without swap"},
    // What is only looked at.
    Reason{kAny, 0, "/mountinfo", "a config that may be in memory is read by a child all the same"},
    Reason{kAny, 0, "/accept_ra_pinfo", "it is 1 but where an earlier start has refused a prefix of a router"},
    Reason{kAny, 0, "/disable_ipv6", "taken for 0: an address that the kernel refuses then says so"},
    Reason{SYS_statx, 0, "", "whether it is mounted is found out another way"},
    Reason{SYS_access, 0, "", "taken for absent: what is to be made says that it is there"},
    Reason{SYS_newfstatat, 0, "", "taken for absent: what is to be made says that it is there"},
    Reason{SYS_openat, 0, "boot.json", "the report is written at the next change"},
    Reason{SYS_read, 0, "boot.json", "the report is written without a look at the old one"},
    Reason{SYS_openat, 0, "resolv.conf", "written without a look at the old one"},
    Reason{SYS_read, 0, "resolv.conf", "written without a look at the old one"},
    Reason{SYS_getdents64, ENOENT, "", "the directory is gone, and readdir(3) takes it for empty"},
    Reason{SYS_statfs, 0, "", "the root is taken for writable: what cannot be written says so"},
    Reason{SYS_readlink, 0, "", "taken for another link"},
    Reason{SYS_read, EIO, "[signalfd]", "what is pending is asked for by sigtimedwait(2)"},
    // Limits that nobody has asked for.
    Reason{kAny, ENOENT, "/sys/fs/cgroup/payload/pids.max", "as in a kernel without the controller"},
    Reason{kAny, ENOENT, "/sys/fs/cgroup/payload/memory.", "as in a kernel without the controller"},
    Reason{kAny, 0, "/sys/fs/cgroup/payload/memory.events", "an end for want of memory is told as SIGKILL"},
    Reason{kAny, ENOENT, "/proc/sys/kernel/threads-max", "the payload has no limit of processes"},
    Reason{kAny, ENOENT, "/proc/sys/kernel/pid_max", "the payload has no limit of processes"},
    Reason{kAny, ENOENT, "/proc/meminfo", "the payload has no limit of memory"},
    Reason{kAny, 0, "/lib/modules", "drivers that no list names, which the kernel may have built in"},
    // What is there already, or comes another way.
    Reason{SYS_mkdir, 0, "", "a parent that is there, or else the last directory would be complained of"},
    Reason{SYS_mount, EINVAL, "/sys/fs/cgroup", "tried again with the options of an older kernel"},
    Reason{kAny, 0, "/sys/fs/cgroup/cgroup.subtree_control", "controllers are enabled one by one"},
    Reason{kAny, 0, "/proc/filesystems", "whether there is such a filesystem is found out by mounting it"},
    Reason{SYS_openat, 0, "/proc/sys/kernel/modprobe", "as in a kernel that starts no modprobe(8)"},
    Reason{SYS_read, 0, "/proc/sys/kernel/modprobe", "as in a kernel that starts no modprobe(8)"},
    Reason{SYS_mount, ENODEV, "/arcbox", "as without the fault: there is no virtiofs here"},
    Reason{SYS_mount, ENODEV, "/Users", "as without the fault: there is no virtiofs here"},
    Reason{SYS_fchmod, EROFS, "", "written where it is instead"},
    Reason{SYS_openat, ENOENT, "", "as where there is no such file"},
    Reason{SYS_openat, EROFS, "", "written where it is instead"},
    Reason{SYS_renameat, EBUSY, "", "written where it is instead"},
    Reason{SYS_renameat, EROFS, "", "written where it is instead"},
    Reason{SYS_rename, EBUSY, "", "written where it is instead"},
    Reason{SYS_rename, EROFS, "", "written where it is instead"},
    // Network.
    Reason{SYS_setsockopt, 0, "socket:", "a convenience of rtnetlink that older kernels have not"},
    Reason{SYS_bind, EADDRINUSE, "socket:", "libnl takes another port"},
    Reason{SYS_getsockopt, 0, "socket:", "an error that the socket owes is met by the first packet"},
    Reason{SYS_sendmsg, 0, "socket:", "the requests are sent again, one by one"},
    Reason{SYS_sendto, 0, "socket:", "the packet is sent again"},
    Reason{SYS_recvmsg, 0, "socket:", "what is there is read when epoll_wait(2) says so again, or asked for again"},
    Reason{SYS_recvfrom, 0, "socket:", "what is there is read when epoll_wait(2) says so again"},
    // PID 1's children.
    Reason{SYS_prctl, 0, "", "a name, for whoever looks at the processes"},
    Reason{SYS_epoll_ctl, 0, "", "what is no longer to be watched is closed next, and the kernel forgets it then"},
    Reason{SYS_dup3, 0, "socket:", "drivers of a power button are left out, which the kernel may have built in"},
    // The payload's process.
    Reason{SYS_poll, 0, "", "a program that could not be run is known by its exit status"},
    Reason{SYS_read, EIO, "pipe:", "a program that could not be run is known by its exit status"},
    Reason{SYS_ioctl, 0, "", "no terminal to control: as where standard input is none"},
    Reason{SYS_close_range, 0, "", "as before Linux 5.11: our own descriptors are closed by O_CLOEXEC"},
    // The end.
    Reason{SYS_reboot, 0, "", "ctrl-alt-del goes on to end the machine, by the kernel instead of by us"},
    Reason{SYS_kill, 0, "", "SIGKILL follows, and the machine's end"},
    Reason{SYS_umount2, 0, "", "unmounted in the next round, or made read-only"},
};

}  // namespace

std::string_view reason_for_silence(long call, int code, std::string_view argument) noexcept {
    for (const auto& reason : kReasons) {
        if ((reason.call == kAny || reason.call == call) && (reason.code == 0 || reason.code == code) &&
            argument.find(reason.argument) != std::string_view::npos)
            return reason.why;
    }
    return {};
}

}  // namespace nlinit::faults
