// SPDX-License-Identifier: Apache-2.0
#include "tracer.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "system_calls.hpp"

namespace nlinit::faults {
namespace {

constexpr long kOptions =
    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
constexpr int kSystemCallStop = SIGTRAP | 0x80;

struct Traced {
    unsigned child = 0;
    bool counts = false;
    bool in_main = false;
    bool fails_now = false;
    std::map<long, unsigned> calls = {};
};

std::string string_at(pid_t pid, unsigned long address) {
    std::array<char, 128> text{};
    const iovec to{text.data(), text.size() - 1};
    const iovec from{reinterpret_cast<void*>(address), text.size() - 1};
    return ::process_vm_readv(pid, &to, 1, &from, 1, 0) > 0 ? std::string(text.data()) : std::string();
}

std::string target_of_descriptor(pid_t pid, unsigned long fd) {
    std::array<char, 256> path{};
    const auto link = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(static_cast<int>(fd));
    const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
    return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string argument_of(pid_t pid, const user_regs_struct& registers) {
    const auto* call = find_call(static_cast<long>(registers.orig_rax));
    if (call == nullptr) return {};
    switch (call->first) {
        case Argument::path:
            return string_at(pid, registers.rdi);
        case Argument::path_second:
            return string_at(pid, registers.rsi);
        case Argument::descriptor:
            return target_of_descriptor(pid, registers.rdi);
        case Argument::other:
            break;
    }
    return {};
}

class Loop {
  public:
    Loop(pid_t process, const Fault& fault, const std::string& record)
        : process_(process), fault_(fault), record_(record) {
        traced_[process] = {};
    }

    void run() {
        int status = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
            if (pid > 0) changed(pid, status);
        }
    }

  private:
    void changed(pid_t pid, int status) {
        if (!WIFSTOPPED(status)) {
            traced_.erase(pid);
            return;
        }
        const int signal = WSTOPSIG(status);
        const int event = status >> 16;
        if (signal == kSystemCallStop) return at_call(pid);
        if (event == PTRACE_EVENT_EXEC) return at_exec(pid);
        if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
            unsigned long child = 0;
            ::ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &child);
            take_in(static_cast<pid_t>(child));
            return go_on(pid, 0);
        }
        if (event == PTRACE_EVENT_STOP) {
            if (pid != process_) take_in(pid);
            return go_on(pid, 0);
        }
        go_on(pid, signal);
    }

    // Of the fork and of the child's own first stop either may be heard of first.
    void take_in(pid_t child) {
        const auto [traced, is_new] = traced_.try_emplace(child, Traced{.counts = true, .in_main = true});
        if (is_new) traced->second.child = ++children_;
    }

    static void go_on(pid_t pid, int signal) {
        ::ptrace(PTRACE_SYSCALL, pid, nullptr, reinterpret_cast<void*>(static_cast<long>(signal)));
    }

    void at_exec(pid_t pid) {
        auto& traced = traced_[pid];
        if (traced.child != 0) {
            has_payload_ = true;
            record_ << "payload\n" << std::flush;
            ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
            return;
        }
        traced.counts = true;
        traced.calls.clear();
        go_on(pid, 0);
    }

    void at_call(pid_t pid) {
        auto& traced = traced_[pid];
        __ptrace_syscall_info info{};
        ::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            if (traced.counts) entered(pid, traced, static_cast<long>(info.entry.nr));
        } else if (traced.fails_now) {
            traced.fails_now = false;
            user_regs_struct registers{};
            ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
            if (fault_.call == SYS_brk) {
                registers.rdi = first_argument_;
            } else {
                registers.rax = static_cast<unsigned long>(-static_cast<long>(fault_.code));
            }
            ::ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
            if (fault_.nth != 0) return leave_alone();
        }
        go_on(pid, 0);
    }

    void entered(pid_t pid, Traced& traced, long call) {
        // getpid(2) is the first thing that main() does.
        traced.in_main |= call == SYS_getpid;
        const unsigned nth = ++traced.calls[call];
        if (fault_.call < 0) return record_place(pid, traced, call, nth);
        if (fault_.child != traced.child || fault_.call != call) return;
        if (fault_.nth == 0 ? !traced.in_main : fault_.nth != nth) return;
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
        record_ << "hit " << argument_of(pid, registers) << std::endl;
        if (fault_.code == 0) {
            ::kill(pid, SIGKILL);
            return;
        }
        traced.fails_now = true;
        if (call == SYS_close) return;
        first_argument_ = registers.rdi;
        (call == SYS_brk ? registers.rdi : registers.orig_rax) = call == SYS_brk ? 0 : ~0UL;
        ::ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
    }

    void record_place(pid_t pid, const Traced& traced, long call, unsigned nth) {
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
        record_ << "place " << call << ' ' << nth << ' ' << traced.child << ' ' << traced.in_main << ' ' << has_payload_
                << ' ' << argument_of(pid, registers) << std::endl;  // our end is a SIGKILL
    }

    // It has happened: the rest is nobody's business. Those that run cannot be let go of but by our own end, with which
    // the kernel does that.
    void leave_alone() {
        record_.close();
        ::_exit(0);
    }

    pid_t process_;
    Fault fault_;
    std::ofstream record_;
    std::map<pid_t, Traced> traced_;
    bool has_payload_ = false;
    unsigned children_ = 0;
    unsigned long long first_argument_ = 0;
};

[[noreturn]] void trace(pid_t process, const Fault& fault, const std::string& record, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Loop loop(process, fault, record);
    if (::ptrace(PTRACE_SEIZE, process, nullptr, reinterpret_cast<void*>(kOptions)) != 0 ||
        ::ptrace(PTRACE_INTERRUPT, process, nullptr, nullptr) != 0)
        ::_exit(1);
    ::close(ready);
    loop.run();
    ::_exit(0);
}

}  // namespace

Tracer::Tracer(pid_t process, const Fault& fault, const std::string& record) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) {
        ::close(ready[0]);
        // Whatever pipes of the test's this process has inherited, it must not hold open.
        for (int fd = STDERR_FILENO + 1; fd < 256; ++fd) {
            if (fd != ready[1]) ::close(fd);
        }
        trace(process, fault, record, ready[1]);
    }
    ::close(ready[1]);
    char none = 0;
    while (::read(ready[0], &none, 1) < 0 && errno == EINTR) continue;
    ::close(ready[0]);
}

Tracer::~Tracer() {
    // Its end lets go of what still runs.
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Record read_record(const std::string& path) {
    Record record;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string kind;
        words >> kind;
        if (kind == "hit" && !record.hit) {
            record.hit = true;
            std::getline(words >> std::ws, record.hit_at);
        }
        if (kind != "place") continue;
        Place place;
        words >> place.call >> place.nth >> place.child >> place.in_main >> place.has_payload >> std::ws;
        std::getline(words, place.argument);
        record.places.push_back(place);
    }
    return record;
}

}  // namespace nlinit::faults
