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
    friend bool operator==(const MountWords&, const MountWords&) = default;
};

struct MountRow {
    std::string source, target;
    std::string type;         // several are tried in turn, "ext4,erofs"; empty: whatever the source turns out to hold
    unsigned long flags = 0;  // MS_* of mount(2), but for how mounts are passed on
    std::string data;         // what the filesystem itself reads
    bool copy_up = false;
    std::string skip_if_exists;                   // "/dev/pts/ptmx"; empty: skip when target is a mount point
    std::vector<unsigned long> propagation = {};  // MS_SHARED and its like, a call of mount(2) each, when it is mounted
    friend bool operator==(const MountRow&, const MountRow&) = default;
};

// A row of a table that is made at compile time.
struct EarlyMount {
    std::string_view source, target, type;
    unsigned long flags;
    std::string_view data;
};

// "nodev,nosuid,size=64m" → flags and data, "virtiofs:TAG" → source and type. Words of fstab(5) that mean nothing to
// the kernel (defaults, auto, noauto, user, nofail, _netdev, x-*) are left out.
[[nodiscard]] MountRow mount_row(const MountWords& words);

// Whether the row mounts no filesystem but has a mount that is there bound, moved or changed; it has no type.
[[nodiscard]] bool reuses_mount(const MountRow& row) noexcept;

// Whether the row mounts nothing, and only has mounts be passed on in another way: "rshared" and no source.
[[nodiscard]] bool is_only_propagation(const MountRow& row) noexcept;
[[nodiscard]] bool is_only_propagation(const MountWords& words);  // whose type may be "none", as fstab(5) has it

// The other way: "nodev,nosuid,size=64m", in an order of its own.
[[nodiscard]] std::string options_of(const MountRow& row);

}  // namespace nlinit
