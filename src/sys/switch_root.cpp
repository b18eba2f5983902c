#include "nlinit/sys/switch_root.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "nlinit/sys/directory.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr const char* kNewRoot = "/newroot";
constexpr int kMaxDepth = 64;

// Without rootfstype= every filesystem that has a device is tried, as the kernel does.
Result<std::string> types_of(const boot::RootPlan& plan) {
    if (!plan.type.empty()) return plan.type;
    const auto known = read_file("/proc/filesystems", 1 << 16);
    if (!known.ok()) return known.error();
    std::string types;
    for (std::size_t at = 0; at < known->size();) {
        const auto end = std::min(known->find('\n', at), known->size());
        const std::string_view line(known->data() + at, end - at);
        if (line.starts_with('\t')) types += (types.empty() ? "" : ",") + std::string(line.substr(1));
        at = end + 1;
    }
    return types;
}

// The errno of a wrong type is EINVAL; any other says more than that of the types tried after it.
bool says_more(const Result<>& one, int code) noexcept {
    return one.ok() || one.error().code == EINVAL || one.error().code == ENODEV || code == ETIMEDOUT;
}

// Frees the memory of the initramfs: only what lies on its own filesystem.
void remove_contents(UniqueFd directory, dev_t device, int depth) {
    const Directory stream(fdopendir(directory.get()));
    if (stream == nullptr) return;
    const int fd = directory.release();
    while (const dirent* entry = readdir(stream.get())) {
        const std::string_view name = entry->d_name;
        struct stat status {};
        if (name == "." || name == ".." || fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            status.st_dev != device)
            continue;
        const bool is_directory = S_ISDIR(status.st_mode);
        if (is_directory && depth < kMaxDepth)
            remove_contents(UniqueFd(openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
                            device, depth + 1);
        static_cast<void>(unlinkat(fd, entry->d_name, is_directory ? AT_REMOVEDIR : 0));
    }
}

// What is not there in the new root is left behind: then it is mounted anew.
void move_kernel_filesystems() {
    for (const char* target : {"/dev", "/proc", "/sys"}) {
        const std::string moved = kNewRoot + std::string(target);
        if (::mount(target, moved.c_str(), nullptr, MS_MOVE, nullptr) != 0)
            static_cast<void>(umount2(target, MNT_DETACH));
    }
}

}  // namespace

bool runs_from_initramfs() {
    struct statfs status {};
    if (statfs("/", &status) != 0) {
        // Not to be left on a guess: what is there would be deleted.
        log::error("root", to_string(Error{errno, "look at /"}) + "; it is kept as the root");
        return false;
    }
    return status.f_type == RAMFS_MAGIC || status.f_type == TMPFS_MAGIC;
}

Result<> mount_plan_on(const std::string& target, const boot::RootPlan& plan, const MountCall& call) {
    const auto types = types_of(plan);
    if (!types.ok()) return types.error();
    if (auto made = make_directories(target); !made.ok()) return made;
    Result<> mounted = Error{ENODEV, "mount " + plan.source + ": no filesystem to try"};
    for (std::size_t at = 0; at < types->size();) {
        const auto end = std::min(types->find(',', at), types->size());
        const boot::MountRow row{plan.source, target, types->substr(at, end - at), plan.flags, plan.data, false, {}};
        const int code = call(row, row.flags);
        if (code == 0) return {};
        if (says_more(mounted, code)) mounted = Error{code, "mount " + row.type + ' ' + plan.source};
        if (code == ETIMEDOUT) break;
        at = end + 1;
    }
    return mounted;
}

Result<> switch_root(const boot::RootPlan& plan, const MountCall& call) {
    if (auto mounted = mount_plan_on(kNewRoot, plan, call); !mounted.ok()) return mounted;
    UniqueFd old_root(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat old_status {};
    const bool known = old_root.valid() && fstat(old_root.get(), &old_status) == 0;
    move_kernel_filesystems();
    // rootfs itself cannot be pivoted away (pivot_root(2)): the new root is moved over it.
    if (chdir(kNewRoot) != 0 || ::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || chroot(".") != 0 ||
        chdir("/") != 0)
        return Error{errno, "switch to root " + plan.source};
    if (known) remove_contents(std::move(old_root), old_status.st_dev, 0);
    return {};
}

}  // namespace nlinit::sys
