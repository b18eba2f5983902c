// SPDX-License-Identifier: Apache-2.0
// A command on its way into a process: made ready while memory may still be had, then carried out in a child, or in
// PID 1 itself.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "nlinit/sys/process/process.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "process_limits.hpp"

namespace nlinit::sys {

// A list as execve(2) wants it.
class StringList {
  public:
    explicit StringList(std::vector<std::string> strings) : strings_(std::move(strings)) {
        for (auto& string : strings_) pointers_.push_back(string.data());
        pointers_.push_back(nullptr);
    }
    StringList(const StringList&) = delete;
    StringList& operator=(const StringList&) = delete;
    [[nodiscard]] char* const* get() const noexcept { return pointers_.data(); }

  private:
    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

class PreparedCommand {
  public:
    explicit PreparedCommand(const Command& command);  // has a first argument

    // Returns when it failed: why, in a sentence, with root's identity regained. The error's code is execve(2)'s errno,
    // or 0 when it did not come that far. It allocates, which a child of a process with a single thread may.
    [[nodiscard]] Error run() noexcept;

  private:
    [[nodiscard]] Error try_to_run();
    [[nodiscard]] bool take_terminal() const noexcept;
    [[nodiscard]] Result<> take_limits();
    [[nodiscard]] Result<> make_working_directory() const;
    [[nodiscard]] bool take_identity() const noexcept;
    [[nodiscard]] Result<> bound_capabilities() const;
    [[nodiscard]] Result<> take_capabilities() const;
    [[nodiscard]] int execute(char* const* environment) const noexcept;
    void regain();  // identity and limits, where it goes on after all

    const Command& command_;
    std::optional<Identity> identity_;  // to be taken
    StringList programs_, arguments_;
    UniqueFd cgroup_;
    LimitsTaken limits_;
};

}  // namespace nlinit::sys
