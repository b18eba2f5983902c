// SPDX-License-Identifier: Apache-2.0
// What is mounted in this mount namespace: /proc/self/mountinfo, as proc(5) describes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

struct MountEntry {
    std::string target, type, source;
    std::string device;       // "253:0": whose filesystem it is; several mounts may be of one
    bool read_only = false;   // the filesystem; the mount may be so where the filesystem is not
    unsigned long flags = 0;  // of the mount: MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOSYMFOLLOW, MS_NOATIME,
                              // MS_NODIRATIME, MS_RELATIME
};

// A line that is not understood is left out.
[[nodiscard]] std::vector<MountEntry> parse_mount_table(std::string_view mountinfo);

// A word of the kernel's tables of mounts and of swap, where a space, a tab, a line break and a backslash are written
// as a backslash and three octal digits.
[[nodiscard]] std::string unescape(std::string_view word);

// Whether a server or a daemon holds the data of such a filesystem; it may no longer answer.
[[nodiscard]] bool is_share(std::string_view type) noexcept;

[[nodiscard]] Result<std::vector<MountEntry>> read_mount_table();  // in the order of the kernel: parents come first

// Filesystems whose content is the kernel's: they have no data that a power cut could harm, and answer at once.
[[nodiscard]] bool is_of_kernel(std::string_view type) noexcept;
// In-memory filesystems, whose data ends with the machine.
[[nodiscard]] bool is_in_memory(std::string_view type) noexcept;
// Whether all that is mounted is in memory, as in an initramfs: no path leads to a disk or a share that may not answer.
[[nodiscard]] bool is_all_in_memory();

}  // namespace nlinit::sys
