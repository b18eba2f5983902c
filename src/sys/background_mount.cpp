#include "nlinit/sys/background_mount.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>

namespace nlinit::sys {

namespace {

// No thread of the C library: pthread_create() is 90 kB of a static binary. And no process: PID 1 starts none before
// the payload. The price is that this thread has no thread-local storage of its own, so that errno is the main
// thread's. It makes its few system calls by hand and touches nothing else.
constexpr int kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                        CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID;
constexpr std::size_t kStack = 16 << 10;
constexpr timespec kExitTime{0, 100'000'000};  // the thread has nothing left to do but end

long system_call(long number, long a, long b, long c, long d, long e) noexcept {
#if defined(__x86_64__)
    long result;
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                 : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 asm("x8") = number;
    register long x0 asm("x0") = a;
    register long x1 asm("x1") = b;
    register long x2 asm("x2") = c;
    register long x3 asm("x3") = d;
    register long x4 asm("x4") = e;
    asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#else
#error "a system call of this processor is needed here"
#endif
}

template <class Pointer>
long argument(Pointer* pointer) noexcept {
    return reinterpret_cast<long>(pointer);
}

}  // namespace

struct BackgroundMount::Task {
    boot::MountRow row;
    unsigned long flags;
    int done;                 // an eventfd of the thread's own
    std::atomic<int> result;  // -1: it is not there yet
    std::atomic<int>
        thread;  // its id; the kernel makes it 0, and wakes whoever waits, when the thread has left its stack
    struct statx seen;
    alignas(16) std::array<std::byte, kStack> stack;

    static int run(void* task) noexcept;
};

// On a foreign stack, with the main thread's storage: nothing that could touch errno, and no instrumentation.
__attribute__((no_sanitize("address", "undefined"))) int BackgroundMount::Task::run(void* argument_of_clone) noexcept {
    auto& task = *static_cast<Task*>(argument_of_clone);
    const char* target = task.row.target.c_str();
    const char* data = task.row.data.empty() ? nullptr : task.row.data.c_str();
    long result = system_call(SYS_mount, argument(task.row.source.c_str()), argument(target),
                              argument(task.row.type.c_str()), static_cast<long>(task.flags), argument(data));
    if (result == 0) {
        // Whatever it says: that it says something is enough.
        system_call(SYS_statx, AT_FDCWD, argument(target), AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS,
                    argument(&task.seen));
    }
    task.result.store(static_cast<int>(-result), std::memory_order_release);
    const std::uint64_t one = 1;
    system_call(SYS_write, task.done, argument(&one), sizeof one, 0, 0);
    system_call(SYS_close, task.done, 0, 0, 0, 0);
    return 0;
}

Result<BackgroundMount> BackgroundMount::start(const boot::MountRow& row, unsigned long flags) {
    UniqueFd done(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    UniqueFd threads(done.valid() ? ::fcntl(done.get(), F_DUPFD_CLOEXEC, 0) : -1);
    if (!threads.valid()) return Error{errno, "make an eventfd"};
    std::unique_ptr<Task> task(new (std::nothrow) Task{row, flags, threads.get(), -1, 0, {}, {}});
    if (task == nullptr) return Error{ENOMEM, "start a thread"};
    auto* thread = reinterpret_cast<int*>(&task->thread);
    const int started =
        ::clone(&Task::run, task->stack.data() + task->stack.size(), kThread, task.get(), thread, nullptr, thread);
    if (started < 0) return Error{errno, "start a thread"};
    static_cast<void>(threads.release());
    return BackgroundMount(task.release(), std::move(done));
}

BackgroundMount::BackgroundMount(BackgroundMount&& other) noexcept
    : task_(std::exchange(other.task_, nullptr)), done_(std::move(other.done_)) {}

bool BackgroundMount::done() const noexcept {
    return task_->result.load(std::memory_order_acquire) >= 0;
}

int BackgroundMount::result() const noexcept {
    return task_->result.load(std::memory_order_acquire);
}

BackgroundMount::~BackgroundMount() {
    if (task_ == nullptr || !done()) return;
    auto* word = reinterpret_cast<int*>(&task_->thread);
    for (int thread = task_->thread.load(); thread != 0; thread = task_->thread.load()) {
        const long woken = ::syscall(SYS_futex, word, FUTEX_WAIT, thread, &kExitTime, nullptr, 0);
        if (woken != 0 && errno == ETIMEDOUT) return;
    }
    delete task_;
}

}  // namespace nlinit::sys
