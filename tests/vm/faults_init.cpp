// SPDX-License-Identifier: Apache-2.0
// /init of a guest in which one system call fails always: takes fault=NUMBER:ERRNO of the kernel's command line, which
// the kernel puts into the environment, makes that a seccomp filter, for nlinit and all that it starts, and runs nlinit
// as PID 1. It is the payload of that guest too, with the least that a payload can do.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr int kPayloadStatus = 42;
constexpr char kProgram[] = "/sbin/nlinit";

bool install_filter(unsigned call, unsigned error) {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

int main(int, char** argv, char** environment) {
    if (getpid() != 1) _exit(kPayloadStatus);
    const char* fault = std::getenv("fault");
    unsigned call = 0, error = 0;
    if (fault == nullptr || std::sscanf(fault, "%u:%u", &call, &error) != 2) return 1;
    std::printf("faults: call %u fails with %u\n", call, error);
    std::fflush(stdout);  // nothing can be said any more when it is write(2)
    if (!install_filter(call, error)) return 1;
    // Not execve(2), which may be the one that fails.
    syscall(SYS_execveat, AT_FDCWD, kProgram, argv, environment, 0);
    return 1;
}
