// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/call_apart.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr std::string_view kMajor = "7:";  // LOOP_MAJOR of <linux/major.h>
const std::string kBlockDevices = "/sys/block";

bool is_of_one(const std::vector<MountEntry>& filesystems, std::uint64_t device) {
    const std::string name = concat({std::to_string(major(device)), ":", std::to_string(minor(device))});
    return std::ranges::any_of(filesystems, [&](const MountEntry& each) { return each.device == name; });
}

int let_go(const std::string& device, const std::vector<MountEntry>& filesystems) {
    const UniqueFd fd(::open(device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    loop_info64 info{};
    if (!fd.valid() || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0)
        return errno == ENXIO ? 0 : errno;  // ENXIO: it has no file any more
    if (!is_of_one(filesystems, info.lo_device)) return 0;
    return ::ioctl(fd.get(), LOOP_CLR_FD, 0) == 0 ? 0 : errno;
}

}  // namespace

bool is_of_loop_device(const MountEntry& entry) noexcept {
    return entry.device.starts_with(kMajor);
}

void free_loop_devices(const std::vector<MountEntry>& filesystems, TimePoint deadline) {
    const Directory devices(open_kernel_directory(kBlockDevices.c_str()));
    if (devices == nullptr && errno != ENOENT)
        log::warning("mount", to_string(Error{errno, "look for loop devices in " + kBlockDevices}));
    std::vector<std::string> paths;
    while (const dirent* entry = devices == nullptr ? nullptr : ::readdir(devices.get())) {
        const std::string name = entry->d_name;
        if (!name.starts_with("loop")) continue;
        std::string backing_file = kBlockDevices;
        if (!exists(backing_file.append("/").append(name).append("/loop/backing_file"))) continue;
        paths.push_back("/dev/" + name);
    }
    std::vector<Call> calls;
    calls.reserve(paths.size());
    for (const auto& path : paths) calls.push_back({.work = [&] { return let_go(path, filesystems); }});
    const auto codes = call_apart(calls, deadline);
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (codes[i] != 0)
            log::warning("mount", to_string(Error{codes[i], concat({"free ", paths[i], " of its file"})}));
}

}  // namespace nlinit::sys
