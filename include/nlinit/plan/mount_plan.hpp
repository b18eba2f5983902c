// Mounts: the ones that every boot starts with, and fstab's words taken apart.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"

namespace nlinit::plan {

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

// /proc, /sys and /dev: needed before anything can be read or logged.
struct EarlyMount {
    std::string_view source, target, type;
    unsigned long flags;
    std::string_view data;
};
[[nodiscard]] const std::array<EarlyMount, 3>& early_mounts() noexcept;

// "nodev,nosuid,size=64m" → flags and data. Words of fstab(5) that mean nothing to the kernel (defaults, auto, noauto,
// user, nofail, _netdev, x-*) are left out.
[[nodiscard]] MountRow mount_row(const config::Mount& mount);

// Whether the row mounts nothing, and only has mounts be passed on in another way: "rshared" and no source.
[[nodiscard]] bool is_only_propagation(const MountRow& row) noexcept;

// The other way: "nodev,nosuid,size=64m", in an order of its own.
[[nodiscard]] std::string options_of(const MountRow& row);

}  // namespace nlinit::plan
