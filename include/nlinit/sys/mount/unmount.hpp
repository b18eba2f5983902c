// SPDX-License-Identifier: Apache-2.0
// The filesystems at the end of the machine.
//
// What is written must be on its disk, and the disk's filesystem marked as clean; what hangs must not keep the machine
// from its end. Each call that may hang is made by a child (sys/call_apart); a filesystem of which one did is left
// alone from then on.
#pragma once

#include <cstddef>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::sys {

class FilesystemsEnd {
  public:
    // deadline: of both parts together. Disks have a second at the least, even where others have used up the time.
    explicit FilesystemsEnd(TimePoint deadline) noexcept : deadline_(deadline) {}

    // Shares - virtiofs, 9p, NFS, FUSE - and what is mounted within them, while there still is a network; and first the
    // filesystems of images, whose files may be on a share. In a third of the time, for the disks want theirs.
    void unmount_shares() noexcept;
    // All others. Swap files are taken out of use; every filesystem is synced and made read-only, all at the same time,
    // and then unmounted. Read-only first, for an unmount does nothing to a filesystem that is in use elsewhere: as the
    // upper layer of the overlay that is the root, or in the namespace of a process that did not end. Kernel
    // filesystems stay as they are, and so does what lives in memory and is busy.
    void unmount_all() noexcept;

  private:
    [[nodiscard]] std::vector<MountEntry> mounts() const;
    [[nodiscard]] std::vector<MountEntry> shares() const;
    [[nodiscard]] std::vector<MountEntry> writable_disks() const;
    [[nodiscard]] bool is_hung(const MountEntry& entry) const;
    void is_hung_now(const char* what, const MountEntry& entry);

    template <class List>
    void unmount_while_it_helps(const List& list, TimePoint deadline);
    std::size_t unmount(const std::vector<MountEntry>& mounts, TimePoint deadline);
    void make_read_only(TimePoint deadline, bool is_last_try);
    void tell_of_read_only(const MountEntry& entry, int code, bool is_last_try);

    TimePoint deadline_;
    std::vector<MountEntry> hung_;
    std::size_t unmounted_ = 0, read_only_ = 0;
};

}  // namespace nlinit::sys
