// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <vector>

#include "process.hpp"

namespace bench {

// Processes that wait right before their exec(3), each in its network namespace, to be let go all at once.
class StartingLine {
  public:
    // Returns when all are waiting. % in a word of the command becomes the process's number.
    StartingLine(const Command& command, const std::vector<int>& namespaces);
    ~StartingLine();
    StartingLine(const StartingLine&) = delete;
    StartingLine& operator=(const StartingLine&) = delete;

    // The moment just before the first of them goes on.
    Duration release();

    // Hangs up when that process has got through its exec.
    [[nodiscard]] int exec_event(std::size_t i) const { return exec_events_[i]; }

    [[nodiscard]] bool has(pid_t pid) const { return pids_.contains(pid); }

  private:
    std::set<pid_t> pids_;
    int gate_ = -1;  // what they read from; its end lets them go
    std::vector<int> exec_events_;
};

}  // namespace bench
