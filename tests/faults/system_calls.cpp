// SPDX-License-Identifier: Apache-2.0
#include "system_calls.hpp"

#include <string.h>  // strerrorname_np(3)
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>

namespace nlinit::faults {
namespace {

using enum Argument;

#define CALL(name) SYS_##name, #name
const std::vector<SystemCall> kCalls{
    {CALL(access), path, {EACCES, EIO, ENOMEM}},
    {CALL(arch_prctl), other, {}},
    {CALL(bind), descriptor, {EADDRINUSE, EINVAL, ENODEV, EPERM}},
    {CALL(brk), other, {ENOMEM}},
    {CALL(chdir), path, {EACCES, EIO, ENOENT, ENOMEM}},
    {CALL(chmod), path, {EIO, EPERM, EROFS}},
    {CALL(clock_nanosleep), other, {EINTR}},
    {CALL(clone), other, {EAGAIN, ENOMEM, EPERM}},
    {CALL(clone3), other, {EAGAIN, ENOMEM, ENOSYS, EPERM}},
    {CALL(close), descriptor, {EINTR, EIO}},
    {CALL(close_range), other, {EINVAL, EMFILE, ENOSYS}},
    {CALL(connect), descriptor, {ECONNREFUSED, EINTR, EPERM}},
    {CALL(dup2), descriptor, {EBUSY, EINTR, EMFILE}},
    {CALL(dup3), descriptor, {EBUSY, EINTR, EMFILE}},
    {CALL(epoll_create1), other, {EMFILE, ENFILE, ENOMEM}},
    {CALL(epoll_ctl), other, {ENOMEM, ENOSPC, EPERM}},
    {CALL(epoll_wait), other, {EINTR}},
    {CALL(execve), path, {EACCES, EIO, ENOENT, ENOEXEC, ENOMEM, ETXTBSY}},
    {CALL(exit_group), other, {}},
    {CALL(fchdir), descriptor, {EACCES, EIO}},
    {CALL(fchmod), descriptor, {EIO, EPERM, EROFS}},
    {CALL(fchmodat), path_second, {EIO, EPERM, EROFS}},
    {CALL(fchown), descriptor, {EIO, EPERM, EROFS}},
    {CALL(fchownat), path_second, {EIO, EPERM, EROFS}},
    {CALL(fcntl), descriptor, {EINVAL, EPERM}},
    {CALL(finit_module), descriptor, {ENOEXEC, ENOMEM, EPERM}},
    {CALL(fstat), descriptor, {EIO, ENOMEM}},
    {CALL(fstatfs), descriptor, {EIO, ENOSYS}},
    {CALL(fsync), descriptor, {EIO, ENOSPC}},
    {CALL(futex), other, {EAGAIN, EINTR}},
    {CALL(getdents64), descriptor, {EIO, ENOENT}},
    {CALL(getpid), other, {}},
    {CALL(getrandom), other, {EAGAIN, EINTR, ENOSYS}},
    {CALL(getsockname), descriptor, {ENOBUFS}},
    {CALL(getsockopt), descriptor, {ENOPROTOOPT}},
    {CALL(gettid), other, {}},
    {CALL(inotify_add_watch), path_second, {EACCES, ENOMEM, ENOSPC}},
    {CALL(inotify_init1), other, {EMFILE, ENOMEM}},
    {CALL(ioctl), descriptor, {EINVAL, ENODEV, ENOTTY, EPERM}},
    {CALL(kill), other, {EPERM, ESRCH}},
    {CALL(linkat), path_second, {EACCES, EIO, ENOSPC, EROFS}},
    {CALL(lseek), descriptor, {EINVAL, ESPIPE}},
    {CALL(lstat), path, {EACCES, EIO, ENOMEM}},
    {CALL(mkdir), path, {EACCES, EIO, ENOSPC, EROFS}},
    {CALL(mkdirat), path_second, {EACCES, EIO, ENOSPC, EROFS}},
    {CALL(mknodat), path_second, {EACCES, EIO, ENOSPC, EPERM}},
    {CALL(mmap), other, {ENOMEM, EPERM}},
    {CALL(mount), path_second, {EBUSY, EINVAL, ENODEV, ENOMEM, EPERM}},
    {CALL(move_mount), path_second, {EBUSY, EINVAL, EPERM}},
    {CALL(mprotect), other, {ENOMEM}},
    {CALL(mremap), other, {ENOMEM}},
    {CALL(munmap), other, {ENOMEM}},
    {CALL(newfstatat), path_second, {EACCES, EIO, ENOMEM}},
    {CALL(open), path, {EACCES, EIO, EMFILE, ENOENT, ENOMEM}},
    {CALL(openat), path_second, {EACCES, EINTR, EIO, EMFILE, ENOENT, ENOMEM}},
    {CALL(pause), other, {EINTR}},
    {CALL(pidfd_open), other, {EMFILE, EINVAL, ENOMEM}},
    {CALL(pipe2), other, {EMFILE, ENFILE}},
    {CALL(pivot_root), path, {EBUSY, EINVAL, EPERM}},
    {CALL(poll), other, {EINTR, ENOMEM}},
    {CALL(prctl), other, {EINVAL, EPERM}},
    {CALL(prlimit64), other, {EINVAL, EPERM}},
    {CALL(read), descriptor, {EINTR, EIO}},
    {CALL(readlink), path, {EACCES, EINVAL, EIO}},
    {CALL(readlinkat), path_second, {EACCES, EINVAL, EIO}},
    {CALL(reboot), other, {EINVAL, EPERM}},
    {CALL(recvfrom), descriptor, {EAGAIN, EINTR, ENETDOWN, ENOBUFS, ENOMEM}},
    {CALL(recvmsg), descriptor, {EAGAIN, EINTR, ENETDOWN, ENOBUFS, ENOMEM}},
    {CALL(rename), path_second, {EACCES, EBUSY, EIO, ENOSPC, EROFS}},
    {CALL(renameat), path_second, {EACCES, EBUSY, EIO, ENOSPC, EROFS}},
    {CALL(rseq), other, {ENOSYS}},
    {CALL(rt_sigaction), other, {}},
    {CALL(rt_sigprocmask), other, {}},
    {CALL(rt_sigreturn), other, {}},
    {CALL(sendmsg), descriptor, {EAGAIN, EINTR, ENETDOWN, ENOBUFS, EPERM}},
    {CALL(sendto), descriptor, {EAGAIN, EINTR, ENETDOWN, ENOBUFS, EPERM}},
    {CALL(setitimer), other, {}},
    {CALL(set_robust_list), other, {}},
    {CALL(set_tid_address), other, {}},
    {CALL(sethostname), other, {EPERM}},
    {CALL(setsid), other, {}},
    {CALL(setsockopt), descriptor, {ENOBUFS, ENOMEM, ENOPROTOOPT, EPERM}},
    {CALL(shutdown), descriptor, {ENOTCONN}},
    {CALL(sigaltstack), other, {}},
    {CALL(signalfd4), other, {EMFILE, ENODEV, ENOMEM}},
    {CALL(socketpair), other, {EMFILE, ENFILE, ENOMEM}},
    {CALL(socket), other, {EACCES, EAFNOSUPPORT, EMFILE, ENOBUFS}},
    {CALL(stat), path, {EACCES, EIO, ENOMEM}},
    {CALL(statfs), path, {EIO, ENOSYS}},
    {CALL(statx), path_second, {EACCES, ENOMEM, ENOSYS}},
    {CALL(symlink), path_second, {EACCES, EIO, ENOSPC, EROFS}},
    {CALL(symlinkat), path_second, {EACCES, EIO, ENOSPC, EROFS}},
    {CALL(sync), other, {}},
    {CALL(timerfd_create), other, {EMFILE, ENODEV, ENOMEM}},
    {CALL(timerfd_settime), descriptor, {EINVAL}},
    {CALL(tgkill), other, {ESRCH}},
    {CALL(umask), other, {}},
    {CALL(umount2), path, {EBUSY, EINVAL, EPERM}},
    {CALL(uname), other, {}},
    {CALL(unlink), path, {EACCES, EBUSY, EIO}},
    {CALL(unlinkat), path_second, {EACCES, EBUSY, EIO}},
    {CALL(utimensat), path_second, {EIO, EPERM, EROFS}},
    {CALL(wait4), other, {EINTR}},
    {CALL(waitid), other, {EINTR}},
    {CALL(write), descriptor, {EAGAIN, EINTR, EIO, ENOSPC, EPERM}},
    {CALL(writev), descriptor, {EAGAIN, EINTR, EIO, ENOSPC}},
};
#undef CALL

}  // namespace

const SystemCall* find_call(long number) noexcept {
    const auto found =
        std::find_if(kCalls.begin(), kCalls.end(), [&](const auto& each) { return each.number == number; });
    return found == kCalls.end() ? nullptr : &*found;
}

std::string_view error_name(int code) noexcept {
    return strerrorname_np(code);
}

}  // namespace nlinit::faults
