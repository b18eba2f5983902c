// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/kernel_place.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

struct Kept {
    std::string_view path;
    int fd = -1;  // open until the process ends
};
constinit std::array<Kept, 4> kept{{{"/proc"}, {"/sys"}, {"/dev"}, {"/run"}}};

// Not by statfs(2), which asks. A filesystem with a disk of its own asks nobody for the names that are mounted on.
bool may_ask_somebody() {
    struct statx root {};
    constexpr int kWithoutAsking = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    if (::statx(AT_FDCWD, "/", kWithoutAsking, STATX_TYPE, &root) == 0 && root.stx_dev_major != 0) return false;
    const auto mounts = read_mount_table();
    bool is_asking = false;
    for (const auto& mount : mounts.ok() ? *mounts : std::vector<MountEntry>())
        if (mount.target == "/") is_asking = is_share(mount.type) || mount.type == "overlay";
    return is_asking;
}

}  // namespace

void keep_kernel_directories() {
    for (auto& each : kept) UniqueFd(std::exchange(each.fd, -1)).reset();
    if (!may_ask_somebody()) return;
    for (auto& each : kept) each.fd = ::open(each.path.data(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

void forget_kernel_directories() noexcept {
    for (auto& each : kept) each.fd = -1;
}

KernelPlace kernel_place(const char* path) noexcept {
    const std::string_view text(path);
    for (const auto& each : kept) {
        if (each.fd < 0 || !text.starts_with(each.path)) continue;
        const auto rest = text.substr(each.path.size());
        if (rest.empty()) return {each.fd, "."};
        const auto name = rest.find_first_not_of('/');
        if (rest.front() == '/') return {each.fd, name == rest.npos ? "." : path + each.path.size() + name};
    }
    return {AT_FDCWD, path};
}

bool kernel_file_exists(const char* path) noexcept {
    const auto at = kernel_place(path);
    if (at.directory == AT_FDCWD) return ::access(path, F_OK) == 0;
    return ::faccessat(at.directory, at.name, F_OK, 0) == 0;
}

int make_kernel_directory(const char* path) noexcept {
    constexpr mode_t kMode = 0755;
    const auto at = kernel_place(path);
    return at.directory == AT_FDCWD ? ::mkdir(path, kMode) : ::mkdirat(at.directory, at.name, kMode);
}

int open_kernel_file(const char* path, int flags) noexcept {
    const auto at = kernel_place(path);
    return ::openat(at.directory, at.name, flags);
}

Directory open_kernel_directory(const char* path) noexcept {
    UniqueFd fd(open_kernel_file(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid()) return nullptr;
    Directory directory(::fdopendir(fd.get()));
    if (directory != nullptr) static_cast<void>(fd.release());
    return directory;
}

}  // namespace nlinit::sys
