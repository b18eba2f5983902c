// SPDX-License-Identifier: Apache-2.0
#include "support/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "support/require.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

namespace {

Duration duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

// For root, what the bounding set lacks is gone with the next execve(2) (capabilities(7)).
bool prepare(const Surroundings& surroundings) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (surroundings.network != nullptr && ::setns(surroundings.network->fd(), CLONE_NEWNET) != 0) return false;
    for (const int capability : surroundings.capabilities_without) {
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
    }
    return true;
}

[[noreturn]] void run(const std::vector<std::string>& arguments, const Surroundings& surroundings, int output,
                      int errors) {
    std::vector<char*> pointers;
    for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    if (prepare(surroundings)) ::execv(pointers.front(), pointers.data());
    std::perror(pointers.front());
    ::_exit(255);
}

}  // namespace

Program::Program(sys::EventLoop& loop, const std::vector<std::string>& arguments, const Surroundings& surroundings)
    : loop_(loop), started_at_(BootClock::now()) {
    const auto output = watch(output_);
    const auto errors = watch(errors_);
    std::fflush(nullptr);
    pid_ = ::fork();
    require(pid_ >= 0, "fork");
    if (pid_ == 0) run(arguments, surroundings, output.get(), errors.get());
    process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    require(process_.valid(), "watch a process");
    require(loop_.watch(process_.get(), [this] { reap(); }).ok(), "watch a process");
}

Program::~Program() {
    if (running()) {
        signal(SIGKILL);
        reap();
    }
    for (const auto* stream : {&output_, &errors_}) {
        if (stream->fd.valid()) loop_.unwatch(stream->fd.get());
    }
}

sys::UniqueFd Program::watch(Stream& stream) {
    std::array<int, 2> ends{};
    require(::pipe2(ends.data(), O_CLOEXEC) == 0, "make a pipe");
    stream.fd.reset(ends[0]);
    require(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "make a pipe non-blocking");
    require(loop_.watch(ends[0], [this, &stream] { read(stream); }).ok(), "watch a pipe");
    return sys::UniqueFd(ends[1]);
}

void Program::read(Stream& stream) {
    std::array<char, 4096> buffer;
    for (;;) {
        const auto size = ::read(stream.fd.get(), buffer.data(), buffer.size());
        if (size > 0) {
            stream.text.append(buffer.data(), static_cast<std::size_t>(size));
            continue;
        }
        if (size == 0) {
            loop_.unwatch(stream.fd.get());
            stream.fd.reset();
        }
        return;
    }
}

void Program::reap() {
    int status = 0;
    rusage usage{};
    while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) continue;
    status_ = status;
    ended_at_ = BootClock::now();
    cpu_ = duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
    sleeps_ = usage.ru_nvcsw;
    loop_.unwatch(process_.get());
    process_.reset();
}

void Program::signal(int number) const {
    if (running()) ::kill(pid_, number);
}

Finished Program::wait(Duration limit) {
    if (!run_until(
            loop_, [this] { return !running(); }, limit)) {
        ADD_FAILURE() << "the program did not end in time; it said: " << errors_.text;
        signal(SIGKILL);
        reap();
    }
    for (auto* stream : {&output_, &errors_}) {
        if (stream->fd.valid()) read(*stream);
    }
    Finished finished{-1, 0, output_.text, errors_.text, ended_at_ - started_at_, cpu_, sleeps_};
    if (WIFEXITED(*status_)) finished.exit_code = WEXITSTATUS(*status_);
    if (WIFSIGNALED(*status_)) finished.signal = WTERMSIG(*status_);
    return finished;
}

}  // namespace nlinit::test
