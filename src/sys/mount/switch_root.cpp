// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/switch_root.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/copy_up.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/memory.hpp"

namespace nlinit::sys {
namespace {

constexpr const char* kNewRoot = "/newroot";
constexpr int kMaxDepth = 64;

// Frees the memory of the initramfs: only what lies on its own filesystem, and not what is kept of it.
struct Removal {
    dev_t device = 0;
    ino_t kept = 0;  // 0: nothing
};
void remove_contents(UniqueFd directory, const Removal& removal, int depth) {
    const Directory stream(fdopendir(directory.get()));
    if (stream == nullptr) return;
    const int fd = directory.release();
    while (const dirent* entry = readdir(stream.get())) {
        const std::string_view name = entry->d_name;
        struct stat status {};
        if (name == "." || name == ".." || fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            status.st_dev != removal.device || status.st_ino == removal.kept)
            continue;
        const bool is_directory = S_ISDIR(status.st_mode);
        if (is_directory && depth < kMaxDepth)
            remove_contents(UniqueFd(openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
                            removal, depth + 1);
        static_cast<void>(unlinkat(fd, entry->d_name, is_directory ? AT_REMOVEDIR : 0));
    }
}

constexpr std::array kOfKernel{"/dev", "/proc", "/sys"};

// What is not there in the new root is left behind: then it is mounted anew.
void move_kernel_filesystems() {
    for (const char* target : kOfKernel) {
        const std::string moved = kNewRoot + std::string(target);
        if (::mount(target, moved.c_str(), nullptr, MS_MOVE, nullptr) != 0)
            static_cast<void>(umount2(target, MNT_DETACH));
    }
}

// Leaves the running root for what is mounted on kNewRoot; what was on the old one is deleted when that is wanted.
// kept: a directory of it that is not; none where it is no descriptor.
Result<> enter(const std::string& name, bool free_old, const UniqueFd& kept = {}) {
    UniqueFd old_root(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat old_status {};
    const bool known = old_root.valid() && fstat(old_root.get(), &old_status) == 0;
    move_kernel_filesystems();
    // rootfs itself cannot be pivoted away (pivot_root(2)): the new root is moved over it.
    if (chdir(kNewRoot) != 0 || ::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || chroot(".") != 0 ||
        chdir("/") != 0)
        return Error{errno, "switch to root " + name};
    struct stat kept_status {};
    if (kept.valid() && fstat(kept.get(), &kept_status) != 0) kept_status.st_ino = 0;
    if (known && free_old) remove_contents(std::move(old_root), {old_status.st_dev, kept_status.st_ino}, 0);
    return {};
}

void leave_unused() noexcept {
    static_cast<void>(umount2(kNewRoot, MNT_DETACH));
    static_cast<void>(rmdir(kNewRoot));
}

// What a copy may take of the memory: all but an eighth of what the kernel says is to be had.
std::uint64_t memory_to_be_had() {
    const auto memory = read_memory();
    return memory.ok() ? memory->available / 8 * 7 : 0;
}

Result<> copy_root() {
    const UniqueFd from(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const UniqueFd to(open(kNewRoot, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat original {};
    if (!from.valid() || !to.valid() || fstat(from.get(), &original) != 0 ||
        fchmod(to.get(), original.st_mode & 07777) != 0)
        return Error{errno, "copy the initramfs"};
    CopyLimits limits;
    limits.bytes = memory_to_be_had();
    limits.entries = 1'000'000;
    limits.depth = kMaxDepth;
    limits.one_filesystem = limits.special_files = true;
    return copy_tree(from.get(), to.get(), limits);
}

// mountinfo's first two words are the mount and what it is mounted on (proc_pid_mountinfo(5)); rootfs is on itself.
bool is_on_another_mount() {
    const auto table = read_file("/proc/self/mountinfo", 1 << 20);
    bool on_another = false;
    for (std::string_view rest = table.ok() ? std::string_view(*table) : std::string_view(); !rest.empty();) {
        auto line = take_field(rest, '\n');
        std::array<std::string_view, 5> words;
        for (auto& word : words) word = take_field(line, ' ');
        if (words[4] == "/") on_another = words[0] != words[1];
    }
    return on_another;
}

}  // namespace

bool runs_from_initramfs() {
    struct statfs status {};
    if (statfs("/", &status) != 0) {
        // Not to be left on a guess: what is there would be deleted.
        log::error("root", {to_string(Error{errno, "look at /"}), "; it is kept as the root"});
        return false;
    }
    return status.f_type == RAMFS_MAGIC || status.f_type == TMPFS_MAGIC;
}

Result<> make_mount_points_of_kernel(const std::string& root) {
    for (const char* name : kOfKernel) {
        if (::mkdir((root + name).c_str(), 0755) != 0 && errno != EEXIST)
            return Error{errno, concat({"make ", name, " in the root"})};
    }
    return {};
}

Result<> mount_new_root(const MountRow& row, const MountCall& call, const RootCheck& check) {
    make_mounts_private();
    auto root = row;
    root.target = kNewRoot;
    if (auto mounted = mount(root, call); !mounted.ok()) return mounted;
    auto fit = check(root.target);
    if (!fit.ok()) leave_unused();
    return fit;
}

Result<> enter_new_root(const std::string& name, const UniqueFd& kept) {
    return enter(name, true, kept);
}

Result<> switch_to_memory(const MountRow& row, std::optional<Error>& why_bound) {
    if (is_on_another_mount()) return {};
    make_mounts_private();
    auto root = row;
    root.target = kNewRoot;
    root.source = root.type;
    auto done = mount(root);
    if (done.ok()) done = copy_root();
    if (!done.ok()) {
        why_bound = done.error();
        static_cast<void>(umount2(kNewRoot, MNT_DETACH));
        if (auto made = make_directories(kNewRoot); !made.ok()) return made;
        if (::mount("/", kNewRoot, nullptr, MS_BIND, nullptr) != 0) return Error{errno, "bind the initramfs"};
    }
    done = enter(row.source, !why_bound);
    static_cast<void>(rmdir(kNewRoot));
    return done;
}

}  // namespace nlinit::sys
