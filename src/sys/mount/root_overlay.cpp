// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/root_overlay.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

// In <sys/mount.h> since glibc 2.36.
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif

namespace nlinit::sys {

namespace {

// The one place that can be written to whatever the root is: /dev is the kernel's devtmpfs.
constexpr const char* kStage = "/dev/.nlinit";
constexpr const char* kStagedUpper = RootOverlay::kUpperLayers[0];
constexpr const char* kStagedLower = "/dev/.nlinit/lower";
constexpr const char* kStagedRoot = "/dev/.nlinit/root";

struct Mounted {
    std::string target;
    UniqueFd fd;
};

UniqueFd open_path(const std::string& path) noexcept {
    return UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC));
}

// By descriptor (Linux 5.2): a mount that no path leads to can be moved as well.
Result<> move_mount(const UniqueFd& mount, const std::string& target) {
    if (::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0) return {};
    return Error{errno, "move a mount to " + target};
}

// What is mounted directly on the root; whatever is mounted on those moves with them.
Result<std::vector<Mounted>> mounts_on_root() {
    const auto table = read_mount_table();
    if (!table.ok()) return table.error();
    std::vector<Mounted> mounts;
    for (const auto& entry : *table) {
        bool below_another = entry.target == "/";
        for (const auto& other : *table) below_another |= other.target != "/" && is_below(entry.target, other.target);
        for (const auto& earlier : mounts) below_another |= earlier.target == entry.target;
        if (!below_another) mounts.push_back({entry.target, open_path(entry.target)});
    }
    return mounts;
}

Result<> make_staged_layers(const MountRow& above, const MountCall& call, const std::string& lower) {
    MountRow upper = above;
    upper.target = kStagedUpper;
    if (auto mounted = mount(upper, call); !mounted.ok()) return mounted;
    for (const std::string name : {"/upper", "/work"}) {
        if (auto made = make_directories(kStagedUpper + name); !made.ok()) return made;
    }
    for (const char* name : {kStagedLower, kStagedRoot}) {
        if (auto made = make_directories(name); !made.ok()) return made;
    }
    const std::string data =
        concat({"lowerdir=", lower, ",upperdir=", kStagedUpper, "/upper,workdir=", kStagedUpper, "/work"});
    if (::mount("overlay", kStagedRoot, "overlay", 0, data.c_str()) == 0) return {};
    if (errno == ENODEV) return Error{ENODEV, "lay an overlay: the kernel has no filesystem overlay"};
    return Error{errno, "lay an overlay over the root, written to " + upper.source};
}

void undo() noexcept {
    const int kept = errno;
    ::umount2(kStagedRoot, MNT_DETACH);
    ::umount2(kStagedUpper, MNT_DETACH);
    for (const char* path : {kStagedRoot, kStagedLower, kStagedUpper, kStage}) ::rmdir(path);
    errno = kept;
}

}  // namespace

bool RootOverlay::is_laid() {
    const auto mounts = read_mount_table();
    if (!mounts.ok()) return false;
    const auto root =
        std::find_if(mounts->rbegin(), mounts->rend(), [](const auto& each) { return each.target == "/"; });
    return root != mounts->rend() && root->type == "overlay";
}

Result<> RootOverlay::make_layers(const MountRow& upper, const MountCall& call) {
    make_mounts_private();
    auto made = make_staged_layers(upper, call, "/");
    if (!made.ok()) undo();
    return made;
}

Result<> RootOverlay::cover(const std::string& directory, const MountRow& upper, const MountCall& call) {
    auto made = make_staged_layers(upper, call, directory);
    // The overlay has mounts of the layers of its own.
    if (made.ok() && ::umount2(directory.c_str(), MNT_DETACH) != 0) made = Error{errno, "unmount " + directory};
    if (made.ok() && ::mount(kStagedRoot, directory.c_str(), nullptr, MS_MOVE, nullptr) != 0)
        made = Error{errno, concat({"move ", kStagedRoot, " to ", directory})};
    undo();
    return made;
}

Result<> RootOverlay::enter() {
    const auto mounts = mounts_on_root();
    UniqueFd lower = open_path("/");
    UniqueFd written = open_path(kStagedUpper);
    // Not moved over the root, as an initramfs has to be: that would bury the old root where nothing could reach it.
    // pivot_root(2) puts it on top of the new one for a moment, and by its descriptor it is taken from there.
    if (!mounts.ok() || ::chdir(kStagedRoot) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0) {
        const Error error = mounts.ok() ? Error{errno, "pivot into the overlay"} : mounts.error();
        std::ignore = ::chdir("/");
        undo();
        return error;
    }
    std::ignore = ::chdir("/");
    lower_ = std::move(lower);
    upper_ = std::move(written);
    Result<> moved;
    for (const auto& mount : *mounts) {
        auto done = exists(mount.target) ? Result<>{} : make_directories(mount.target);
        if (done.ok()) done = move_mount(mount.fd, mount.target);
        if (!done.ok()) moved = std::move(done);
    }
    if (auto done = move_mount(lower_, kStagedLower); !done.ok()) moved = std::move(done);
    ::rmdir(kStagedRoot);
    return moved;
}

Result<> RootOverlay::move_layers(const std::string& directory) const {
    for (const auto* layer : {&lower_, &upper_}) {
        const auto target = directory + (layer == &lower_ ? "/lower" : "/upper");
        if (auto made = make_directories(target); !made.ok()) return made;
        if (auto moved = move_mount(*layer, target); !moved.ok()) return moved;
    }
    for (const char* path : {kStagedLower, kStagedUpper, kStage}) ::rmdir(path);
    return {};
}

}  // namespace nlinit::sys
