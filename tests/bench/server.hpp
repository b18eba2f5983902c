// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "process.hpp"

namespace bench {

// A DHCP server: a program in the foreground that tells in a line when it serves.
class Server {
  public:
    struct Program {
        std::string name;
        std::string ready;  // a part of that line
        Command command;
    };

    // What it prints goes to the end of a file.
    Server(const Program& program, const std::string& log_path);
    ~Server();  // ends it
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] int output() const noexcept { return output_; }  // readable when it has printed something, or ended
    // To be called then. True, once, when it has come to serve. If it has ended, so does this program.
    bool read_output();
    void wait_until_ready();

    // Ends it: the processor time that it took.
    Duration stop();

  private:
    std::string name_, awaited_, seen_;
    pid_t pid_ = -1;
    int output_ = -1;
    int log_ = -1;
};

}  // namespace bench
