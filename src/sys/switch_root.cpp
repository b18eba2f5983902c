#include "nlinit/sys/switch_root.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "nlinit/sys/file.hpp"

namespace nlinit::sys {
namespace {

constexpr const char* kNewRoot = "/newroot";
constexpr int kMaxDepth = 64;
constexpr unsigned kAllUevents = 1;  // the kernel's own multicast group

Result<> mount_as(const boot::RootPlan& plan, const std::string& type) {
    if (::mount(plan.source.c_str(), kNewRoot, type.c_str(), plan.flags, plan.data.c_str()) == 0) return {};
    return Error{errno, "mount " + type + " root " + plan.source};
}

// rootfstype= may be a list; without it every filesystem that has a device is tried, as the kernel does.
Result<> mount_new_root(const boot::RootPlan& plan) {
    std::string types = plan.type;
    if (types.empty()) {
        const auto known = read_file("/proc/filesystems", 1 << 16);
        if (!known.ok()) return known.error();
        for (std::size_t at = 0; at < known->size();) {
            const auto end = std::min(known->find('\n', at), known->size());
            const std::string_view line(known->data() + at, end - at);
            if (line.starts_with('\t')) types += (types.empty() ? "" : ",") + std::string(line.substr(1));
            at = end + 1;
        }
    }
    Result<> mounted = Error{ENODEV, "mount root " + plan.source + ": no filesystem to try"};
    for (std::size_t at = 0; at < types.size() && !mounted.ok();) {
        const auto end = std::min(types.find(',', at), types.size());
        mounted = mount_as(plan, types.substr(at, end - at));
        at = end + 1;
    }
    return mounted;
}

// Frees the memory of the initramfs: only what lies on its own filesystem.
void remove_contents(UniqueFd directory, dev_t device, int depth) {
    DIR* stream = fdopendir(directory.get());
    if (stream == nullptr) return;
    const int fd = directory.release();
    while (const dirent* entry = readdir(stream)) {
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
    closedir(stream);
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

bool runs_from_initramfs() noexcept {
    struct statfs status {};
    if (statfs("/", &status) != 0) return false;
    return status.f_type == RAMFS_MAGIC || status.f_type == TMPFS_MAGIC;
}

Result<> switch_root(const boot::RootPlan& plan) {
    if (auto made = make_directories(kNewRoot); !made.ok()) return made;
    if (auto mounted = mount_new_root(plan); !mounted.ok()) return mounted;
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

Result<UeventSocket> UeventSocket::open() {
    UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = kAllUevents;
    if (!fd.valid() || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error{errno, "listen to device events"};
    return UeventSocket(std::move(fd));
}

void UeventSocket::drain() const noexcept {
    char event[4096];
    while (recv(fd_.get(), event, sizeof event, 0) >= 0 || errno == ENOBUFS || errno == EINTR) {
    }
}

}  // namespace nlinit::sys
