// SPDX-License-Identifier: Apache-2.0
#include "starting_line.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

namespace bench {
namespace {

constexpr int kClientNice = -10;  // before what else this machine does, behind the server

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) die("make a pipe");
    return {ends[0], ends[1]};
}

Command numbered(Command command, std::size_t number) {
    for (auto& word : command) {
        for (std::size_t at = 0; (at = word.find('%', at)) != std::string::npos;)
            word.replace(at, 1, std::to_string(number));
    }
    return command;
}

// In the child. What it has inherited goes before the start, or exec(3) would have to close it all.
[[noreturn]] void wait_and_run(const Command& command, int network, int gate, int exec_event) {
    constexpr int kExecEvent = 3;
    become_client();
    const auto argv = argv_of(command);
    char byte = 0;
    const bool ready = setpriority(PRIO_PROCESS, 0, kClientNice) == 0 && setns(network, CLONE_NEWNET) == 0 &&
                       dup3(gate, STDIN_FILENO, O_CLOEXEC) >= 0 && dup3(exec_event, kExecEvent, O_CLOEXEC) >= 0 &&
                       close_range(kExecEvent + 1, ~0U, 0) == 0 && write(kExecEvent, &byte, 1) == 1;
    if (ready && read(STDIN_FILENO, &byte, 1) == 0) execv(argv[0], argv.data());
    _exit(127);
}

}  // namespace

StartingLine::StartingLine(const Command& command, const std::vector<int>& namespaces) {
    const Pipe gate = make_pipe();
    for (std::size_t i = 0; i < namespaces.size(); ++i) {
        const Pipe event = make_pipe();
        const pid_t pid = fork();
        if (pid == 0) {
            close(gate.write_end);
            wait_and_run(numbered(command, i), namespaces[i], gate.read_end, event.write_end);
        }
        if (pid < 0) die("start " + command[0]);
        pids_.insert(pid);
        close(event.write_end);
        exec_events_.push_back(event.read_end);
    }
    close(gate.read_end);
    gate_ = gate.write_end;
    for (const int event : exec_events_) {
        char byte = 0;
        if (read(event, &byte, 1) != 1) die("get a client to the starting line");
    }
}

StartingLine::~StartingLine() {
    if (gate_ >= 0) close(gate_);
    for (const int event : exec_events_) close(event);
}

Duration StartingLine::release() {
    const auto time = now();
    close(gate_);
    gate_ = -1;
    return time;
}

}  // namespace bench
