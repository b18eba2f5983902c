// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_error.hpp"

#include <sys/mount.h>

#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::sys {

namespace {

bool has_option(const MountRow& row, std::string_view name) {
    for (std::string_view rest = row.data; !rest.empty();) {
        if (take_field(rest, ',').starts_with(name)) return true;
    }
    return false;
}

bool is_smb(const MountRow& row) noexcept {
    return row.type == "cifs" || row.type == "smb3";
}

std::string missing_address(std::string_view option) {
    return concat(
        {"the kernel looks up no names: the server's address is missing among the options, as ", option, "192.0.2.1"});
}

// What mount.nfs(8) and the daemon of a FUSE add to the options; without it the kernel says EINVAL.
std::string without_helper(const MountRow& row) {
    const bool is_nfs = row.type == "nfs" || row.type == "nfs4";
    if (is_nfs && !has_option(row, "addr=")) return missing_address("addr=");
    const bool is_fuse = row.type == "fuse" || row.type == "fuseblk" || row.type.starts_with("fuse.");
    return is_fuse && !has_option(row, "fd=") ? "the program that serves a FUSE mounts it" : "";
}

std::string invalid(const MountRow& row) {
    if ((row.flags & MS_REMOUNT) != 0) return "nothing is mounted there, or an option is wrong";
    if ((row.flags & MS_MOVE) != 0)
        return concat({"nothing is mounted on ", row.source, ", or what it is mounted on is shared"});
    if ((row.flags & MS_BIND) != 0) return row.source + " is on a mount that is unbindable";
    if (row.type == "virtiofs") return "no device has this tag";
    if (auto missing = without_helper(row); !missing.empty()) return missing;
    if (row.source.starts_with("/dev/"))
        return concat({"it holds no ", row.type, " that this kernel can read, or an option is wrong"});
    return row.data.empty() ? "" : "an option is wrong: " + in_quotes(row.data);
}

// The kernel does not say which of an overlay's directories is missing.
std::string missing_layer(const MountRow& row) {
    for (const auto& layer : overlay_layers(row)) {
        if (!exists(layer)) return layer + " is not there";
    }
    return {};
}

std::string busy(const MountRow& row) {
    if ((row.flags & MS_REMOUNT) != 0) return "something there is open for writing";
    return row.source + " is in use, or mounted elsewhere with other options";
}

std::string reason(int code, const MountRow& row) {
    const bool on_device = row.source.starts_with("/dev/");
    const bool has_source = on_device || (row.flags & (MS_BIND | MS_MOVE)) != 0;
    switch (code) {
        case ENODEV:
            return "the kernel has no filesystem " + row.type;
        case ETIMEDOUT:
            return "nobody answers; the boot goes on";
        case EINVAL:
            return invalid(row);
        case EBUSY:
            return on_device || (row.flags & MS_REMOUNT) != 0 ? busy(row) : "";
        case ENOENT:
            if (row.type == "9p") return "no device has this tag";
            if (row.type == "overlay") return missing_layer(row);
            if (has_source) return row.source + " is not there";
            return is_without_device(row.type) || row.source.empty() || row.source == row.type
                       ? ""
                       : row.source + " is not there: the name of a device begins with /dev/";
        case EHOSTUNREACH:  // also of a server whose name is no address
            return is_smb(row) && !has_option(row, "ip=") && !has_option(row, "addr=") ? missing_address("ip=") : "";
        case ENOTBLK:
            return row.source + " is no block device";
        case ENXIO:
            return on_device ? row.source + " has no driver or no medium" : "";
        case EACCES:
        case EROFS:
            return on_device ? row.source + " is read-only: 'ro' among the options would do" : "";
        case ENOTDIR:
            return has_source && !on_device ? "one is a directory, and the other is none" : "";
        case EUCLEAN:
            return "its filesystem is damaged, and fsck may mend it";
        case EIO:
            return on_device ? row.source + " cannot be read" : "";
        default:
            return "";
    }
}

}  // namespace

std::string mount_sentence(const MountRow& row) {
    if ((row.flags & MS_REMOUNT) != 0) return "remount " + row.target;
    if ((row.flags & MS_MOVE) != 0) return concat({"move ", row.source, " to ", row.target});
    if ((row.flags & MS_BIND) != 0) return concat({"bind ", row.source, " on ", row.target});
    const bool source_says_more = !row.source.empty() && row.source != row.type && row.source != "none";
    return concat({"mount ", row.type, (source_says_more ? " " + row.source : ""), " on ", row.target});
}

Error explain_mount(int code, const MountRow& row) {
    const auto why = reason(code, row);
    return {code, mount_sentence(row) + (why.empty() ? "" : ": " + why)};
}

}  // namespace nlinit::sys
