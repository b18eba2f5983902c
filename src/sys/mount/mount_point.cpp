// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_point.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/sys/mount/mount_error.hpp"

namespace nlinit::sys {
namespace {

bool has_source(const MountRow& row) noexcept {
    return (row.flags & (MS_BIND | MS_MOVE)) != 0 && (row.flags & MS_REMOUNT) == 0 && !is_only_propagation(row);
}

// Another user's file may be a second name of root's, and where others make files it may be anything.
Result<> check_source(const SafePlace& place, const MountRow& row) {
    struct stat there {};
    if (::fstat(place.there.get(), &there) != 0) return explain_mount(errno, row);
    if (is_trusted_owner(there.st_uid)) return {};
    const bool is_itself = S_ISDIR(there.st_mode) || (S_ISREG(there.st_mode) && there.st_nlink == 1);
    if (is_itself && !place.is_shared) return {};
    return Error{0, concat({row.source, ": ", in_quotes(place.name, kMaxPrinted, '"'), " belongs to user ",
                            std::to_string(there.st_uid), ", who could lead root astray: it is not bound"})};
}

Result<SafePlace> find_source(const MountRow& row) {
    auto place = find_place(row.source, {.walls = Walls::not_on_shares, .deed = "bound"});
    if (!place.ok() && place.error().code == 0) return place;
    if (!place.ok()) return explain_mount(place.error().code, row);
    if (!place->there.valid()) return explain_mount(ENOENT, row);
    if (auto checked = check_source(*place, row); !checked.ok()) return checked.error();
    return place;
}

// A read-only image can hold only what it was built with.
Error explain_target(int code, const MountRow& row) {
    if (code == ENOTDIR)
        return {code, concat({mount_sentence(row), ": ", row.target, " is no directory, or leads through none"})};
    constexpr std::array kOfTheWay{ELOOP, EACCES, ENAMETOOLONG, EIO};
    if (std::ranges::find(kOfTheWay, code) != kOfTheWay.end()) return {code, mount_sentence(row)};
    if (code != EROFS) return {code, "make directory " + row.target};
    return {EROFS, concat({mount_sentence(row), ": ", row.target,
                           " is missing; add it to the image, or make the root writable with an overlay"})};
}

Result<SafePlace> find_target(const MountRow& row) {
    const auto missing = is_only_propagation(row) ? Missing::refuse : Missing::make;
    auto place = find_place(row.target, {.missing = missing, .walls = Walls::not_on_shares, .deed = "mounted"});
    if (place.ok() || place.error().code == 0) return place;
    if (missing == Missing::make) return explain_target(place.error().code, row);
    return Error{place.error().code, "set the propagation of " + row.target};
}

// The kernel walks to an overlay's layers by itself. When all directories on the way are root's it comes to where this
// walk came.
Result<> check_layers(const MountRow& row) {
    for (const auto& path : overlay_layers(row)) {
        const auto place = find_place(path, {.deed = "used"});
        if (!place.ok() && place.error().code == 0) return place.error();
    }
    return {};
}

}  // namespace

Result<MountPoint> MountPoint::find(const MountRow& row) {
    if (auto checked = check_layers(row); !checked.ok()) return checked.error();
    auto target = find_target(row);
    if (!target.ok()) return target.error();
    if (is_only_propagation(row) && !target->there.valid())
        return Error{ENOENT, "set the propagation of " + row.target};
    if (!has_source(row)) return MountPoint(*std::move(target), std::nullopt);
    auto source = find_source(row);
    if (!source.ok()) return source.error();
    return MountPoint(*std::move(target), *std::move(source));
}

Result<> MountPoint::make(const MountRow& row) {
    const bool takes_file = source_ ? !S_ISDIR(source_->kind) : (row.flags & MS_REMOUNT) != 0;
    if (target_.there.valid()) {
        if (takes_file || S_ISDIR(target_.kind)) return {};
        return explain_target(ENOTDIR, row);
    }
    const int at = target_.directory.get();
    const char* name = target_.name.c_str();
    constexpr int kMakeFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    if (source_ && takes_file) {
        const UniqueFd made(::openat(at, name, kMakeFile, 0644));
        if (!made.valid()) return explain_target(errno, row);
    } else if (::mkdirat(at, name, 0755) != 0) {
        return explain_target(errno, row);
    }
    target_.there = top();
    if (!target_.there.valid()) return explain_target(errno, row);
    target_.kind = source_ && takes_file ? S_IFREG : S_IFDIR;
    return {};
}

MountAt MountPoint::way() const {
    return {source_ ? path_of(source_->there, source_->path) : std::string(), path_of(target_.there, target_.path)};
}

UniqueFd MountPoint::top() const noexcept {
    const char* name = target_.name.empty() ? "." : target_.name.c_str();
    return UniqueFd(::openat(target_.directory.get(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace nlinit::sys
