#include "nlinit/sys/mount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "nlinit/base/text.hpp"
#include "nlinit/boot/mount_types.hpp"
#include "nlinit/sys/copy_up.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/mount_error.hpp"
#include "nlinit/sys/mount_table.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

// What mount(2) heeds beside MS_BIND.
constexpr unsigned long kBind = MS_BIND | MS_REC | MS_SILENT;

// statx(2): kernels before 5.8 do not say. Nobody is asked over the wire, who might not answer.
std::optional<bool> is_mount_root(const std::string& target) noexcept {
    struct statx there {};
    if (::statx(AT_FDCWD, target.c_str(), AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &there) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return false;
        return std::nullopt;  // what is there must not be covered because of that
    }
    if ((there.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) return std::nullopt;
    return (there.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool is_on_another_device_than_its_parent(const std::string& target) {
    struct stat there {};
    struct stat parent {};
    if (::stat(target.c_str(), &there) != 0 || ::stat((target + "/..").c_str(), &parent) != 0) return false;
    return there.st_dev != parent.st_dev || there.st_ino == parent.st_ino;  // only the root is its own parent
}

bool is_listed(const std::string& target) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(target.c_str(), nullptr), std::free);
    const auto table = read_mount_table();
    if (real == nullptr || !table.ok()) return false;
    const std::string path = real.get();
    return std::any_of(table->begin(), table->end(), [&](const MountEntry& entry) { return entry.target == path; });
}

bool binds_a_file(const boot::MountRow& row) noexcept {
    struct stat source {};
    return (row.flags & MS_BIND) != 0 && ::stat(row.source.c_str(), &source) == 0 && !S_ISDIR(source.st_mode);
}

// A read-only image can hold only what it was built with.
Result<> explain_target(const Result<>& made, const boot::MountRow& row) {
    if (made.ok() || made.error().code != EROFS) return made;
    return Error{EROFS, mount_sentence(row) + ": " + row.target +
                            " is missing; add it to the image, or make the root writable with an overlay"};
}

Result<> make_target(const boot::MountRow& row) {
    if (!binds_a_file(row)) return explain_target(make_directories(row.target), row);
    if (exists(row.target)) return {};
    const auto slash = row.target.rfind('/');
    if (slash != std::string::npos && slash > 0) {
        auto made = make_directories(row.target.substr(0, slash));
        if (!made.ok()) return explain_target(made, row);
    }
    return explain_target(write_file(row.target, ""), row);
}

// How much an errno says: that the kernel lacks a type is the least, that a type is the wrong one the next.
int weight_of(int code) noexcept {
    if (code == ENODEV) return 0;
    return code == EINVAL ? 1 : 2;
}

// The types in turn. The error is that of the type that says most.
Result<> mount_once(const boot::MountRow& row, unsigned long flags, const MountCall& call) {
    Result<> mounted;
    std::string_view types = row.type;
    do {
        const auto one = boot::with_type(row, take_field(types, ','));
        const int code = call(one, flags);
        if (code == 0) return {};
        if (code == EBUSY && (flags & MS_REMOUNT) == 0 && is_mounted(row.target)) return {};
        if (mounted.ok() || weight_of(code) > weight_of(mounted.error().code)) mounted = explain_mount(code, one);
        if (code == ETIMEDOUT) return explain_mount(code, one);
    } while (!types.empty());
    return mounted;
}

// What was to be read-only must not stay writable.
Result<> finish_bind(const boot::MountRow& row, unsigned long flags) {
    if ((flags & ~kBind) == 0) return {};
    const unsigned long kept = flags & ~static_cast<unsigned long>(MS_REC);
    if (::mount(nullptr, row.target.c_str(), nullptr, kept | MS_REMOUNT, nullptr) == 0) return {};
    const int code = errno;
    ::umount2(row.target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
    return explain_mount(code, row);
}

// Propagation takes a call of its own for each word (mount(2)).
Result<> set_propagation(const boot::MountRow& row) {
    for (const auto flags : row.propagation) {
        if (::mount(nullptr, row.target.c_str(), nullptr, flags, nullptr) == 0) continue;
        const std::string what = "set the propagation of " + row.target;
        return Error{errno, errno == EINVAL ? what + ": nothing is mounted there" : what};
    }
    return {};
}

Result<> do_mount(const boot::MountRow& row, const MountCall& call) {
    if (!boot::is_only_propagation(row)) {
        auto mounted = mount_once(row, row.flags, call);
        if (!mounted.ok()) return mounted;
        if ((row.flags & MS_BIND) != 0 && (row.flags & MS_REMOUNT) == 0) {
            auto bound = finish_bind(row, row.flags);
            if (!bound.ok()) return bound;
        }
    }
    return set_propagation(row);
}

UniqueFd open_directory(const std::string& path) noexcept {
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// `before`: the directory as it was. Its descriptor still shows it when the mount has covered the path.
Result<> copy_up(const UniqueFd& before, const std::string& target) {
    const UniqueFd now = open_directory(target);
    if (!before.valid() || !now.valid()) return Error{errno, "copy up " + target};
    const auto copied = copy_tree(before.get(), now.get());
    if (!copied.ok()) return Error{copied.error().code, "copy up " + target + ": " + copied.error().what};
    return {};
}

}  // namespace

bool is_mounted(const std::string& target) {
    if (const auto known = is_mount_root(target)) return *known;
    return is_on_another_device_than_its_parent(target) || is_listed(target);
}

void make_mounts_private() noexcept {
    static_cast<void>(::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_REC, nullptr));
}

int call_mount(const boot::MountRow& row, unsigned long flags) noexcept {
    const char* data = row.data.empty() ? nullptr : row.data.c_str();
    return ::mount(row.source.c_str(), row.target.c_str(), row.type.c_str(), flags, data) == 0 ? 0 : errno;
}

bool may_wait(const boot::MountRow& row) noexcept {
    if ((row.flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0) return false;
    return is_share(row.type) || row.type == "fuseblk" || row.source.starts_with("/dev/");
}

bool may_come_later(const boot::MountRow& row, int code) noexcept {
    if ((row.flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0) return false;
    if (row.source.starts_with("/dev/")) return code == ENOENT || code == ENXIO;
    const auto tries = [&](std::string_view type) { return (',' + row.type + ',').find(type) != std::string::npos; };
    return (code == EINVAL && tries(",virtiofs,")) || (code == ENOENT && tries(",9p,"));
}

bool is_done(const boot::MountRow& row) {
    if ((row.flags & MS_REMOUNT) != 0 || boot::is_only_propagation(row)) return false;
    return row.skip_if_exists.empty() ? is_mounted(row.target) : exists(row.skip_if_exists);
}

Result<> mount(const boot::MountRow& row, const MountCall& call) {
    if (is_done(row) || boot::is_only_propagation(row)) return set_propagation(row);
    auto made = make_target(row);
    if (!made.ok()) return made;
    if (!row.copy_up) return do_mount(row, call);
    const UniqueFd before = open_directory(row.target);
    auto mounted = do_mount(row, call);
    return mounted.ok() ? copy_up(before, row.target) : mounted;
}

Result<> mount(const boot::EarlyMount& row) {
    boot::MountRow early;
    early.source = row.source;
    early.target = row.target;
    early.type = row.type;
    early.flags = row.flags;
    early.data = row.data;
    return mount(early);
}

}  // namespace nlinit::sys
