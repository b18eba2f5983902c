// SPDX-License-Identifier: Apache-2.0
// What a command is allowed and what it allows: resource limits, the file mode mask, and how soon it is killed for
// memory. With the way back, for a process that does not become the command.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::sys {

class LimitsTaken {
  public:
    // As root: a hard limit may be above the one that there is.
    [[nodiscard]] Result<> take(const Command& command);
    void give_back();

  private:
    [[nodiscard]] Result<> take(const ProcessLimit& limit);

    std::vector<std::pair<int, rlimit>> limits_;  // as they were
    std::optional<mode_t> umask_;
    std::string oom_score_adj_;
};

}  // namespace nlinit::sys
