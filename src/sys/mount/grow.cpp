// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/grow.hpp"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/mount/root_overlay.hpp"

namespace nlinit::sys {
namespace {

constexpr std::uint64_t kSector = 512;     // of every size and place in sysfs
constexpr std::uint64_t kSlack = 4 << 20;  // behind a partition: alignment, and the second copy of a GPT
constexpr std::size_t kLongestNumber = 32;

// fs/ext4/ext4.h: blocks.
constexpr unsigned long kResizeExt4 = _IOW('f', 16, std::uint64_t);

// fs/xfs/libxfs/xfs_fs.h, struct xfs_fsop_geom_v1 and xfs_growfs_data: neither is in the kernel's headers for programs.
struct XfsGeometry {
    std::uint32_t block_size, others[6], inode_percent;
    std::uint64_t data_blocks, more[9];
};
struct XfsGrowth {
    std::uint64_t blocks;
    std::uint32_t inode_percent;
};
static_assert(sizeof(XfsGeometry) == 112 && sizeof(XfsGrowth) == 16);
constexpr unsigned long kXfsGeometry = _IOR('X', 100, XfsGeometry);
constexpr unsigned long kGrowXfs = _IOW('X', 110, XfsGrowth);

std::uint64_t number_in(const std::string& path) {
    const auto text = read_file(path, kLongestNumber);
    return text.ok() ? parse_number<std::uint64_t>(std::string_view(*text).substr(0, text->find('\n'))).value_or(0) : 0;
}

// 0 or -1 with errno set, as ioctl(2). Without a change of size the kernel does nothing.
int grow_xfs(int fd, std::uint64_t bytes) {
    XfsGeometry now{};
    if (::ioctl(fd, kXfsGeometry, &now) != 0) return -1;
    XfsGrowth wanted{bytes / now.block_size, now.inode_percent};
    return ::ioctl(fd, kGrowXfs, &wanted);
}

int grow_by_type(char letter, int fd, std::uint64_t bytes, std::uint64_t block_size) {
    if (letter == 'x') return grow_xfs(fd, bytes);
    if (letter == 'e') {
        std::uint64_t blocks = bytes / block_size;
        return ::ioctl(fd, kResizeExt4, &blocks);
    }
    btrfs_ioctl_vol_args wanted{};
    std::string_view("max").copy(wanted.name, sizeof wanted.name);  // of its first device
    return ::ioctl(fd, BTRFS_IOC_RESIZE, &wanted);
}

const MountEntry* mounted_on(std::string_view target, const std::vector<MountEntry>& mounts) {
    const auto last =
        std::find_if(mounts.rbegin(), mounts.rend(), [&](const auto& each) { return each.target == target; });
    return last == mounts.rend() ? nullptr : &*last;
}

// Of the root: what its overlay is written to.
const MountEntry* find_grown(const std::string& target, const std::vector<MountEntry>& mounts) {
    const auto* mount = mounted_on(target, mounts);
    if (mount == nullptr || mount->type != "overlay" || target != "/") return mount;
    for (const auto* layer : RootOverlay::kUpperLayers) {
        if (const auto* upper = mounted_on(layer, mounts)) mount = upper;
    }
    return mount;
}

Result<> grow_mount(const MountEntry& mount) {
    const auto& type = mount.type;
    if (!type.starts_with("ext") && type != "xfs" && type != "btrfs")
        return Error{0, concat({type, " cannot be grown: ext4, xfs and btrfs can"})};
    const auto place = find_place(mount.target, {.deed = "grown"});
    if (!place.ok()) return place.error();
    const UniqueFd fd(::open(path_of(place->there, mount.target).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) return Error{errno, type};
    const auto device = concat({"/sys/dev/block/", mount.device});
    struct statfs before {
    }, after{};
    if (::fstatfs(fd.get(), &before) != 0 ||
        grow_by_type(type[0], fd.get(), number_in(device + "/size") * kSector,
                     static_cast<std::uint64_t>(before.f_bsize)) != 0 ||
        ::fstatfs(fd.get(), &after) != 0)
        return Error{errno, type};
    const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
    if (after.f_blocks != before.f_blocks)
        log::info("mount",
                  {mount.target, " has grown to ", mib(after.f_blocks * static_cast<std::uint64_t>(after.f_bsize))});
    const auto room = room_behind_partition(device);
    if (room <= kSlack) return {};
    return Error{0, concat({"behind its partition ", mib(room),
                            " are free, and nlinit edits no table of partitions; growpart(1) does"})};
}

}  // namespace

Result<> grow_filesystem(const std::string& target) {
    const auto mounts = read_mount_table();
    if (!mounts.ok()) return mounts.error();
    const auto* mount = find_grown(target, *mounts);
    return mount == nullptr ? Result<>() : grow_mount(*mount);
}

std::uint64_t room_behind_partition(const std::string& device) {
    if (!exists(device + "/partition")) return 0;
    const auto disk = device + "/../";
    const auto end = number_in(device + "/start") + number_in(device + "/size");
    auto next = number_in(disk + "size");
    const Directory entries(::opendir(disk.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        const auto start = number_in(concat({disk, entry->d_name, "/start"}));
        if (start >= end) next = std::min(next, start);
    }
    return next > end ? (next - end) * kSector : 0;
}

}  // namespace nlinit::sys
