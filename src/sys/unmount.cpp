#include "nlinit/sys/unmount.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <string_view>

#include "nlinit/sys/log.hpp"
#include "nlinit/sys/mount_table.hpp"

namespace nlinit::sys {

namespace {

// They have no data that a power cut could harm, and shutting down still needs some of them.
constexpr std::array<std::string_view, 19> kKernelFilesystems = {
    "autofs",  "binfmt_misc", "bpf",    "cgroup", "cgroup2", "configfs", "debugfs",    "devpts", "devtmpfs", "efivarfs",
    "fusectl", "hugetlbfs",   "mqueue", "nsfs",   "proc",    "pstore",   "securityfs", "sysfs",  "tracefs"};

bool is_kernel_filesystem(const MountEntry& entry) noexcept {
    return std::find(kKernelFilesystems.begin(), kKernelFilesystems.end(), entry.type) != kKernelFilesystems.end();
}

bool ends_with_the_machine(const MountEntry& entry) noexcept {
    return entry.type == "tmpfs" || entry.type == "ramfs" || entry.type == "rootfs";
}

// The last mounted first, the root at the end.
std::vector<MountEntry> mounts_to_undo() {
    auto table = read_mount_table();
    if (!table.ok()) {
        log::warning("mount", to_string(table.error()));
        return {{.target = "/", .type = {}, .source = {}}};
    }
    std::erase_if(*table, is_kernel_filesystem);
    std::reverse(table->begin(), table->end());
    return *std::move(table);
}

// How many could be unmounted. The root cannot be.
std::size_t unmount(const std::vector<MountEntry>& mounts) noexcept {
    std::size_t done = 0;
    for (const auto& entry : mounts) {
        if (entry.target != "/" && ::umount2(entry.target.c_str(), UMOUNT_NOFOLLOW) == 0) ++done;
    }
    return done;
}

void remount_read_only(const MountEntry& entry) {
    const unsigned long flags = MS_REMOUNT | MS_RDONLY | entry.flags;
    if (::mount(nullptr, entry.target.c_str(), nullptr, flags, nullptr) == 0) return;
    log::warning("mount", to_string(Error{errno, "remount " + entry.target + " read-only"}));
}

void unmount_or_protect() {
    // A mount that was moved is listed before what it now holds: a second pass gets that. Each pass has fewer to do.
    auto mounts = mounts_to_undo();
    while (unmount(mounts) > 0) mounts = mounts_to_undo();
    for (const auto& entry : mounts) {
        if (!ends_with_the_machine(entry)) remount_read_only(entry);
    }
}

}  // namespace

void unmount_all() noexcept {
    try {
        unmount_or_protect();
    } catch (const std::exception& exception) {
        log::error("mount", exception.what());
    }
}

}  // namespace nlinit::sys
