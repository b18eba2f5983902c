#include "nlinit/sys/background_calls.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
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

}  // namespace

struct BackgroundCalls::Task {
    std::unique_ptr<Memory> memory;
    long numbers[kMaxCalls];  // arrays of C: nothing is called to look into them
    long arguments[kMaxCalls][5];
    long results[kMaxCalls];
    std::size_t count;
    int done;                 // an eventfd of the thread's own
    std::atomic<bool> ended;  // the results are there
    std::atomic<int>
        thread;  // its id; the kernel makes it 0, and wakes whoever waits, when the thread has left its stack
    alignas(16) std::byte stack[kStack];

    static int run(void* task) noexcept;
};

// On a foreign stack, with the main thread's storage: nothing that could touch errno, and no instrumentation.
__attribute__((no_sanitize("address", "undefined"))) int BackgroundCalls::Task::run(void* argument_of_clone) noexcept {
    auto& task = *static_cast<Task*>(argument_of_clone);
    for (std::size_t i = 0; i < task.count; ++i) {
        long* arguments = task.arguments[i];
        for (int at = 0; at < 5; ++at) {
            if (arguments[at] == kFirstResult) arguments[at] = task.results[0];
        }
        task.results[i] =
            system_call(task.numbers[i], arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
        if (task.results[i] < 0) break;
    }
    const int done = task.done;
    task.ended.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    system_call(SYS_write, done, address_of(&one), sizeof one, 0, 0);
    system_call(SYS_close, done, 0, 0, 0, 0);
    return 0;
}

Result<BackgroundCalls> BackgroundCalls::start(std::unique_ptr<Memory> memory,
                                               std::initializer_list<KernelCall> calls) {
    UniqueFd done(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    UniqueFd threads(done.valid() ? ::fcntl(done.get(), F_DUPFD_CLOEXEC, 0) : -1);
    if (!threads.valid()) return Error{errno, "make an eventfd"};
    std::unique_ptr<Task> task(new (std::nothrow) Task);
    if (task == nullptr) return Error{ENOMEM, "start a thread"};
    task->memory = std::move(memory);
    task->count = std::min(calls.size(), kMaxCalls);
    for (std::size_t i = 0; i < kMaxCalls; ++i) {
        const KernelCall call = i < task->count ? calls.begin()[i] : KernelCall{};
        task->numbers[i] = call.number;
        std::copy(call.arguments.begin(), call.arguments.end(), task->arguments[i]);
        task->results[i] = -ECANCELED;
    }
    task->done = threads.get();
    task->ended = false;
    auto* thread = reinterpret_cast<int*>(&task->thread);
    const int started = ::clone(&Task::run, task->stack + kStack, kThread, task.get(), thread, nullptr, thread);
    if (started < 0) return Error{errno, "start a thread"};
    static_cast<void>(threads.release());
    return BackgroundCalls(task.release(), std::move(done));
}

BackgroundCalls::BackgroundCalls(BackgroundCalls&& other) noexcept
    : task_(std::exchange(other.task_, nullptr)), done_(std::move(other.done_)) {}

bool BackgroundCalls::done() const noexcept {
    return task_->ended.load(std::memory_order_acquire);
}

long BackgroundCalls::result(std::size_t call) const noexcept {
    return call < kMaxCalls ? task_->results[call] : -EINVAL;
}

BackgroundCalls::~BackgroundCalls() {
    if (task_ == nullptr || !done()) return;
    auto* word = reinterpret_cast<int*>(&task_->thread);
    for (int thread = task_->thread.load(); thread != 0; thread = task_->thread.load()) {
        const long woken = ::syscall(SYS_futex, word, FUTEX_WAIT, thread, &kExitTime, nullptr, 0);
        if (woken != 0 && errno == ETIMEDOUT) return;
    }
    delete task_;
}

}  // namespace nlinit::sys
