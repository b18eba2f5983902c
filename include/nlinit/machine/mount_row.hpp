// SPDX-License-Identifier: Apache-2.0
// A mount in the words of fstab(5), and as mount(2) takes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/log_level.hpp"

namespace nlinit {

struct MountWords {
    std::string source, target, type;
    std::string options;  // comma separated, flags and data as mount(8) has them
    Importance importance = Importance::ordinary;
    bool copy_up = false;  // keep what the target held before
    bool grow = false;     // to the size of its device, whenever that grows
    friend bool operator==(const MountWords&, const MountWords&) = default;
};

struct MountRow {
    std::string source, target;
    std::string type;         // types to try in turn, "ext4,erofs"; empty: the type that is found on the source
    unsigned long flags = 0;  // MS_* of mount(2) without those of propagation
    std::string data;         // options that the filesystem itself reads
    bool copy_up = false;
    std::string skip_if_exists;                   // "/dev/pts/ptmx"; empty: skip when target is a mount point
    std::vector<unsigned long> propagation = {};  // MS_SHARED and its like: a call of mount(2) each, after the mount
    unsigned long cleared = 0;  // MS_* that words take back ("rw", "exec"): a remount keeps the mount's others
    friend bool operator==(const MountRow&, const MountRow&) = default;
};

// A row of a table that is made at compile time.
struct EarlyMount {
    std::string_view source, target, type;
    unsigned long flags;
    std::string_view data;
};

// "nodev,nosuid,size=64m" → flags and data, "virtiofs:TAG" → source and type. Words of fstab(5) that mean nothing to
// the kernel (defaults, auto, noauto, nofail, _netdev, x-*) are left out; "user", "users", "owner" and "group" are the
// flags that they imply.
[[nodiscard]] MountRow mount_row(const MountWords& words);

// Whether the row binds, moves or remounts an existing mount. Such a row has no filesystem type.
[[nodiscard]] bool reuses_mount(const MountRow& row) noexcept;
// Whether it binds or moves what is at its source.
[[nodiscard]] bool takes_from_elsewhere(const MountRow& row) noexcept;

// Whether the row mounts nothing and only changes the propagation of an existing mount: "rshared" and no source.
[[nodiscard]] bool is_only_propagation(const MountRow& row) noexcept;
[[nodiscard]] bool is_only_propagation(const MountWords& words);  // whose type may be "none", as fstab(5) has it

[[nodiscard]] bool is_read_only(const MountRow& row) noexcept;

// The directories that an overlay is made of: those of lowerdir=, upperdir= and workdir=. Empty for any other type.
[[nodiscard]] std::vector<std::string> overlay_layers(const MountRow& row);

// Writes flags and data back as options, "nodev,nosuid,size=64m". Their order may differ from the row's own.
[[nodiscard]] std::string options_of(const MountRow& row);

}  // namespace nlinit
