// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/machine/mount_types.hpp"
#include "nlinit/sys/file/copy_up.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/mount/mount_error.hpp"
#include "nlinit/sys/mount/mount_point.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

// What mount(2) heeds beside MS_BIND.
constexpr unsigned long kBind = MS_BIND | MS_REC | MS_SILENT;

// statx(2): kernels before 5.8 do not say. Nobody is asked over the wire, who might not answer.
std::optional<bool> is_mount_root(const UniqueFd& fd) noexcept {
    struct statx there {};
    constexpr int kWithoutAsking = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    if (::statx(fd.get(), "", kWithoutAsking, 0, &there) != 0) return std::nullopt;
    if ((there.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) return std::nullopt;
    return (there.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool is_on_another_device_than_its_parent(const UniqueFd& fd) noexcept {
    struct stat there {};
    struct stat parent {};
    if (::fstat(fd.get(), &there) != 0 || ::fstatat(fd.get(), "..", &parent, 0) != 0) return false;
    return there.st_dev != parent.st_dev || there.st_ino == parent.st_ino;  // only the root is its own parent
}

bool is_listed(const std::string& path) {
    const auto table = read_mount_table();
    if (!table.ok()) return false;
    return std::any_of(table->begin(), table->end(), [&](const MountEntry& entry) { return entry.target == path; });
}

bool is_mount_point(const SafePlace& place) {
    if (!place.there.valid()) return false;
    if (const auto known = is_mount_root(place.there)) return *known;
    return is_on_another_device_than_its_parent(place.there) || is_listed(place.path);
}

// How much an errno says: that the kernel lacks a type is the least, that a type is the wrong one the next.
int weight_of(int code) noexcept {
    if (code == ENODEV) return 0;
    return code == EINVAL ? 1 : 2;
}

// mount(2) takes away the flags that a remount does not name, and mount(8) names those that are there. The table of
// mounts has them without asking a server, who might not answer.
unsigned long flags_of_remount(const MountRow& row, const std::string& path) {
    constexpr unsigned long kTimes = MS_NOATIME | MS_RELATIME | MS_STRICTATIME;
    const auto table = read_mount_table();
    if (!table.ok()) return row.flags;
    const auto top = std::ranges::find(table->rbegin(), table->rend(), path, &MountEntry::target);
    if (top == table->rend()) return row.flags;
    auto kept = top->flags;
    if (top->read_only && (row.flags & MS_BIND) == 0) kept |= MS_RDONLY;
    if ((kept & kTimes) == 0) kept |= MS_STRICTATIME;
    if ((row.flags & kTimes) != 0) kept &= ~kTimes;
    const auto flags = row.flags | (kept & ~row.cleared);
    return (flags & kTimes) != 0 ? flags : flags | MS_RELATIME;
}

// The types in turn. The error is that of the type that says most.
Result<> mount_once(const MountRow& row, const MountPoint& point, const MountCall& call) {
    Result<> mounted;
    std::string_view types = row.type;
    const auto at = point.way();
    const auto flags = (row.flags & MS_REMOUNT) != 0 ? flags_of_remount(row, point.path()) : row.flags;
    do {
        const auto one = with_type(row, take_field(types, ','));
        const int code = call(one, flags, at);
        if (code == 0) return {};
        if (code == EBUSY && (row.flags & MS_REMOUNT) == 0 && is_mounted(row.target)) return {};
        if (mounted.ok() || weight_of(code) > weight_of(mounted.error().code)) mounted = explain_mount(code, one);
        if (code == ETIMEDOUT) return explain_mount(code, one);
    } while (!types.empty());
    return mounted;
}

// What was to be read-only must not stay writable.
Result<> finish_bind(const MountRow& row, const MountPoint& point) {
    if ((row.flags & ~kBind) == 0) return {};
    const unsigned long kept = flags_of_remount(row, point.path()) & ~static_cast<unsigned long>(MS_REC);
    const UniqueFd top = point.top();
    const auto target = path_of(top, point.path());
    if (::mount(nullptr, target.c_str(), nullptr, kept | MS_REMOUNT, nullptr) == 0) return {};
    const int code = errno;
    ::umount2(target.c_str(), MNT_DETACH);
    return explain_mount(code, row);
}

// Propagation takes a call of its own for each word (mount(2)).
Result<> set_propagation(const MountRow& row, const MountPoint& point) {
    if (row.propagation.empty()) return {};
    const UniqueFd top = point.top();
    if (!top.valid()) return Error{errno, "set the propagation of " + row.target};
    for (const auto flags : row.propagation) {
        if (::mount(nullptr, path_of(top, point.path()).c_str(), nullptr, flags, nullptr) == 0) continue;
        const std::string what = "set the propagation of " + row.target;
        return Error{errno, errno == EINVAL ? what + ": nothing is mounted there" : what};
    }
    return {};
}

Result<> do_mount(const MountRow& row, const MountPoint& point, const MountCall& call) {
    auto mounted = mount_once(row, point, call);
    if (!mounted.ok()) return mounted;
    if ((row.flags & MS_BIND) != 0 && (row.flags & MS_REMOUNT) == 0) {
        auto bound = finish_bind(row, point);
        if (!bound.ok()) return bound;
    }
    return set_propagation(row, point);
}

UniqueFd open_directory(const UniqueFd& at) noexcept {
    return UniqueFd(::openat(at.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// A tmpfs begins as anybody's to write to, unless its row says what it is.
bool takes_attributes(const MountRow& row) {
    constexpr std::array<std::string_view, 3> kNamed{"mode=", "uid=", "gid="};
    if (row.type != "tmpfs") return false;
    const auto options = split(row.data, ',');
    return std::ranges::none_of(options, [&](std::string_view option) {
        return std::ranges::any_of(kNamed, [&](auto named) { return option.starts_with(named); });
    });
}

bool take_attributes(const UniqueFd& before, const UniqueFd& now) noexcept {
    struct stat was {};
    return ::fstat(before.get(), &was) == 0 && ::fchown(now.get(), was.st_uid, was.st_gid) == 0 &&
           ::fchmod(now.get(), was.st_mode & ALLPERMS) == 0;
}

// `before`: the directory as it was. Its descriptor still shows it when the mount has covered the path.
Result<> copy_up(const UniqueFd& before, const UniqueFd& now, const MountRow& row) {
    const std::string what = "copy up " + row.target;
    if (!before.valid() || !now.valid()) return Error{errno, what};
    const bool is_as_before = !takes_attributes(row) || take_attributes(before, now);
    const int code = errno;
    // A disk has what an earlier boot has copied there, as it is since.
    CopyLimits limits;
    limits.keep_existing = true;
    const auto copied = copy_tree(before.get(), now.get(), limits);
    if (!copied.ok()) return Error{copied.error().code, concat({what, ": ", copied.error().what})};
    if (!is_as_before) return Error{code, what + ": keep its owner and mode"};
    return {};
}

// Whether there is nothing to mount at a target that has been looked at.
bool is_done_at(const MountRow& row, const SafePlace& target) {
    if ((row.flags & MS_REMOUNT) != 0) return false;
    if (is_only_propagation(row)) return true;
    return row.skip_if_exists.empty() ? is_mount_point(target) : exists(row.skip_if_exists);
}

}  // namespace

bool is_mounted(const std::string& target) {
    const auto place = find_place(target, {});
    return place.ok() && is_mount_point(*place);
}

void make_mounts_private() noexcept {
    static_cast<void>(::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_REC, nullptr));
}

int call_mount(const MountRow& row, unsigned long flags, const MountAt& at) noexcept {
    const char* data = row.data.empty() ? nullptr : row.data.c_str();
    const auto& source = at.source.empty() ? row.source : at.source;
    return ::mount(source.c_str(), at.target.c_str(), row.type.c_str(), flags, data) == 0 ? 0 : errno;
}

bool may_wait(const MountRow& row) noexcept {
    if (reuses_mount(row)) return false;
    return is_share(row.type) || row.type == "fuseblk" || row.source.starts_with("/dev/");
}

bool may_come_later(const MountRow& row, int code) noexcept {
    if (reuses_mount(row)) return false;
    if (row.source.starts_with("/dev/")) return code == ENOENT || code == ENXIO;
    const auto tries = [&](std::string_view type) { return has_field(row.type, ',', type); };
    return (code == EINVAL && tries("virtiofs")) || (code == ENOENT && tries("9p"));
}

Result<bool> is_done(const MountRow& row) {
    if ((row.flags & MS_REMOUNT) != 0 || is_only_propagation(row)) return false;
    if (!row.skip_if_exists.empty()) return exists(row.skip_if_exists);
    const auto place = find_place(row.target, {.walls = Walls::not_on_shares, .deed = "mounted"});
    if (place.ok()) return is_mount_point(*place);
    if (place.error().code == ENOENT || place.error().code == ENOTDIR) return false;
    return about(mount_sentence(row), place.error());
}

Result<> mount(const MountRow& row, const MountCall& call) {
    if (!row.skip_if_exists.empty() && row.propagation.empty() && exists(row.skip_if_exists)) return {};
    auto point = MountPoint::find(row);
    if (!point.ok()) return point.error();
    if (is_done_at(row, point->target())) return set_propagation(row, *point);
    if (auto made = point->make(row); !made.ok()) return made;
    if (!row.copy_up) return do_mount(row, *point, call);
    const UniqueFd before = open_directory(point->target().there);
    auto mounted = do_mount(row, *point, call);
    return mounted.ok() ? copy_up(before, open_directory(point->top()), row) : mounted;
}

Result<> mount(const EarlyMount& row) {
    MountRow early;
    early.source = row.source;
    early.target = row.target;
    early.type = row.type;
    early.flags = row.flags;
    early.data = row.data;
    return mount(early);
}

}  // namespace nlinit::sys
