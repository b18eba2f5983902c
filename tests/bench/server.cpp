// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace bench {
namespace {

// Keeps the priority of its parent.
pid_t start(const Command& command, int output) {
    const auto argv = argv_of(command);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(output, STDERR_FILENO);
        become_client();
        execv(argv[0], argv.data());
        _exit(127);
    }
    if (pid < 0) die("start " + command[0]);
    return pid;
}

}  // namespace

Server::Server(const Program& program, const std::string& log_path)
    : name_(program.name),
      awaited_(program.ready),
      log_(open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    std::array<int, 2> ends{};
    if (log_ < 0 || pipe2(ends.data(), O_CLOEXEC) != 0) die("take the output of " + name_);
    pid_ = start(program.command, ends[1]);
    close(ends[1]);
    output_ = ends[0];
}

Server::~Server() {
    stop();
    close(output_);
    close(log_);
}

bool Server::read_output() {
    std::array<char, 65536> buffer;
    const auto size = read(output_, buffer.data(), buffer.size());
    if (size <= 0 || write(log_, buffer.data(), static_cast<std::size_t>(size)) != size)
        die(name_ + " ended; its log says why");
    if (awaited_.empty()) return false;
    seen_.append(buffer.data(), static_cast<std::size_t>(size));
    if (seen_.find(awaited_) == std::string::npos) return false;
    awaited_.clear();
    return true;
}

void Server::wait_until_ready() {
    while (!read_output()) continue;
}

Duration Server::stop() {
    if (pid_ < 0) return {};
    rusage usage{};
    kill(pid_, SIGTERM);
    if (wait4(pid_, nullptr, 0, &usage) != pid_) die("stop " + name_);
    pid_ = -1;
    return cpu_time(usage);
}

}  // namespace bench
