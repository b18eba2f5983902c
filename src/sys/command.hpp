// A command on its way into a process: made ready while memory may still be had, then carried out in a child, or in
// PID 1 itself.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/sys/process.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

enum class Stage : std::uint8_t { open_terminal, change_user, enter_directory, execute };

struct Failure {
    Stage stage;
    int code;
};

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

    // Returns when it failed. A child of a fork had better not allocate, and this does not.
    [[nodiscard]] Failure run() const noexcept;

  private:
    [[nodiscard]] bool take_terminal() const noexcept;
    [[nodiscard]] bool take_identity() const noexcept;
    [[nodiscard]] int execute() const noexcept;

    const Command& command_;
    StringList programs_, arguments_, environment_;
    UniqueFd cgroup_;
};

// Why it is not running, in a sentence. The error's code is execve(2)'s, or 0.
[[nodiscard]] Error explain(const Command& command, const Failure& failure);

}  // namespace nlinit::sys
