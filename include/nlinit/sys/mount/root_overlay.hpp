// SPDX-License-Identifier: Apache-2.0
// An overlay over the running root: the root below, and what is written in a tmpfs or on a device above it.
#pragma once

#include <array>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Holds a descriptor of either layer, so that neither can be unmounted while the overlay is in use: at the end of the
// machine the upper one is made read-only, and so clean, where an unmounted one would live on, dirty and out of reach.
class RootOverlay {
  public:
    // Where the filesystem is mounted that is written to: first there, and after move_layers().
    static constexpr std::array kUpperLayers{"/dev/.nlinit/upper", "/run/nlinit/root/upper"};
    // Whether the root is an overlay already.
    [[nodiscard]] static bool is_laid();
    // Mounts the upper filesystem, and an overlay of it and the present root beside that. Any process may, and must be
    // the one to do it where a disk may never answer.
    [[nodiscard]] static Result<> make_layers(const MountRow& upper, const MountCall& call);
    // Pivots into what make_layers() made; everything that is mounted on the root comes along. When it fails, the root
    // is as it was.
    [[nodiscard]] Result<> enter();

    // Moves the layers from their first place below /dev to `directory`/lower and `directory`/upper. Once the plan is
    // carried out, or its tmpfs on /run would cover them.
    [[nodiscard]] Result<> move_layers(const std::string& directory) const;

    // Mounts on a directory, the root to be, an overlay of what is there and of the filesystem `upper`, for a while
    // below /dev, which nothing leads to any more then: it is one in memory, and so is never dirty.
    [[nodiscard]] static Result<> cover(const std::string& directory, const MountRow& upper, const MountCall& call);

    [[nodiscard]] bool in_use() const noexcept { return lower_.valid(); }

  private:
    UniqueFd lower_, upper_;
};

}  // namespace nlinit::sys
