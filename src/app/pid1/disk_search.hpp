// SPDX-License-Identifier: Apache-2.0
// A question put to all disks at the same time: one that is silent costs its limit, and so do ten. Runs in the child of
// a StepRunner, and has a child for each disk.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/pid1/step_runner.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/mount/block_device.hpp"

namespace nlinit::app {

class DiskSearch {
  public:
    static constexpr Duration kLimit = std::chrono::seconds(3);  // for the first bytes of a disk

    // `silent`: disks that have not answered before, to which those of now are added.
    DiskSearch(StepChild& child, std::vector<std::string>& silent) : child_(child), silent_(silent) {}

    // What a disk has answered once is not asked again: `what` names the question, for that and for the log.
    [[nodiscard]] std::optional<std::size_t> ask(const std::string& what,
                                                 const std::vector<sys::DiskQuestion>& questions);
    // The bytes of a device, for whatever the questions ask. In this process, where they are not asked apart.
    [[nodiscard]] std::string read(const std::string& path, off_t offset, std::size_t size);

    // Of what it tells PID 1: a disk that is silent is named and added, its process is known; false: another note.
    [[nodiscard]] static bool take_note(std::string_view note, std::vector<std::string>& silent);
    // Of the subject of what was silent in this process.
    [[nodiscard]] static bool take_silence(std::string_view subject, std::vector<std::string>& silent);

    // It has not answered, or the disk that it is a partition of.
    [[nodiscard]] bool is_silent(const std::string& path) const;

  private:
    using Questions = std::vector<const sys::DiskQuestion*>;
    [[nodiscard]] Questions not_answered(const std::string& what,
                                         const std::vector<sys::DiskQuestion>& questions) const;
    [[nodiscard]] std::optional<std::size_t> ask_here(const std::string& what, const sys::DiskQuestion& question);
    [[nodiscard]] int answer_apart(const sys::DiskQuestion& question);
    [[nodiscard]] std::vector<int> ask_apart(const Questions& questions);

    StepChild& child_;
    std::vector<std::string>& silent_;
    std::set<std::string> answered_;             // in the negative: the question, and the disk with its partitions
    bool is_apart_ = false, is_unread_ = false;  // in a disk's own child
};

}  // namespace nlinit::app
