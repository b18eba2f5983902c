// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/read_only_root.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// In /dev, which is the kernel's own and can be written to whatever the root is.
constexpr const char* kMemoryStage = "/dev/.nlinit-memory";
constexpr const char* kUpper = "/dev/.nlinit-memory/upper";
constexpr const char* kWork = "/dev/.nlinit-memory/work";
constexpr const char* kProbe = "/.nlinit-probe";

bool is_of_a_host(unsigned long type) noexcept {
    constexpr unsigned long kFuse = 0x65735546;  // FUSE_SUPER_MAGIC of fs/fuse/inode.c: virtiofs
    return type == kFuse || type == V9FS_MAGIC || type == NFS_SUPER_MAGIC;
}

bool is_refused_a_file() noexcept {
    const int fd = ::open(kProbe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return errno == EROFS || errno == EACCES || errno == EPERM;
    ::close(fd);
    ::unlink(kProbe);
    return false;
}

// What the merged directory looks like by itself is what the upper one does.
bool make_layers(const UniqueFd& directory) noexcept {
    struct stat original {};
    return ::fstat(directory.get(), &original) == 0 && ::mkdir(kUpper, 0755) == 0 && ::mkdir(kWork, 0700) == 0 &&
           ::chown(kUpper, original.st_uid, original.st_gid) == 0 && ::chmod(kUpper, original.st_mode & 07777) == 0;
}

// The lower directory by its path, which everybody may read in the table of mounts: nobody but root can change what it
// leads to.
bool lay(const SafePlace& place) {
    const std::string data = concat({"lowerdir=", place.path, ",upperdir=", kUpper, ",workdir=", kWork});
    const auto target = path_of(place.there, place.path);
    return make_layers(place.there) && ::mount("overlay", target.c_str(), "overlay", 0, data.c_str()) == 0;
}

bool is_directory(const std::string& path) noexcept {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
}

}  // namespace

bool root_is_read_only() noexcept {
    struct statfs root {};
    if (::statfs("/", &root) != 0) return false;
    if ((root.f_flags & ST_RDONLY) != 0) return true;
    return is_of_a_host(static_cast<unsigned long>(root.f_type)) && is_refused_a_file();
}

Result<> lay_overlay_over(const std::string& directory) {
    const std::string what = "lay an overlay in memory over " + directory;
    const auto place = find_place(directory, {.deed = "mounted"});
    if (!place.ok()) return about(what, place.error());
    if (!place->there.valid()) return Error{ENOENT, what};
    if (auto made = make_directories(kMemoryStage, 0700); !made.ok()) return made;
    if (::mount("tmpfs", kMemoryStage, "tmpfs", MS_NODEV | MS_NOSUID, "mode=0700") != 0) return Error{errno, what};
    const bool laid = lay(*place);
    const int code = errno;
    // The overlay holds on to it; nobody else needs a way to what is behind.
    ::umount2(kMemoryStage, MNT_DETACH);
    ::rmdir(kMemoryStage);
    return laid ? Result<>() : Result<>(Error{code, what});
}

Result<> lay_copy_over(const std::string& directory) {
    return mount(MountRow{.source = "tmpfs",
                          .target = directory,
                          .type = "tmpfs",
                          .flags = 0,
                          .data = {},  // it is as the directory was
                          .copy_up = true,
                          .skip_if_exists = {}});
}

Result<> lay_memory_over(const std::string& directory) {
    if (is_mounted(directory)) return {};
    if (is_directory(directory)) {
        auto laid = lay_overlay_over(directory);
        if (!laid.ok() && laid.error().code == ENODEV && ModuleLoader().load("overlay").ok())
            laid = lay_overlay_over(directory);
        if (laid.ok()) return laid;
    }
    return lay_copy_over(directory);
}

}  // namespace nlinit::sys
