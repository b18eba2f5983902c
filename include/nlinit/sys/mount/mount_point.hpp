// SPDX-License-Identifier: Apache-2.0
// Where a row of mounts is mounted, and from where: both walked by sys/safe_path, and held by descriptors.
#pragma once

#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Paths for mount(2), by descriptors where /proc is mounted. `source` is empty where the row's own stands: a device, a
// tag, or no matter what.
struct MountAt {
    std::string source, target;
};

class MountPoint {
  public:
    // With the directories that lead to the target. That may belong to anybody, but what leads to it is root's; so is
    // what leads to the source of a bind mount, which moreover is no file of another user's that may be a second name.
    [[nodiscard]] static Result<MountPoint> find(const MountRow& row);

    // The target, if it is not there: a directory, or an empty file for the bind mount of a file.
    [[nodiscard]] Result<> make(const MountRow& row);

    [[nodiscard]] const SafePlace& target() const noexcept { return target_; }
    [[nodiscard]] const std::string& path() const noexcept { return target_.path; }
    [[nodiscard]] MountAt way() const;
    // What the target is now that something has been mounted there.
    [[nodiscard]] UniqueFd top() const noexcept;

  private:
    MountPoint(SafePlace target, std::optional<SafePlace> source) noexcept
        : target_(std::move(target)), source_(std::move(source)) {}

    SafePlace target_;
    std::optional<SafePlace> source_;
};

}  // namespace nlinit::sys
