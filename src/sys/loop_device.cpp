#include "nlinit/sys/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/sys/bounded_call.hpp"
#include "nlinit/sys/directory.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr std::string_view kMajor = "7:";  // LOOP_MAJOR of <linux/major.h>
const std::string kBlockDevices = "/sys/block";

struct LoopDevice {
    std::string path;
    const std::vector<MountEntry>* filesystems;
};

bool is_of_one(const std::vector<MountEntry>& filesystems, std::uint64_t device) {
    const std::string name = std::to_string(major(device)) + ':' + std::to_string(minor(device));
    return std::ranges::any_of(filesystems, [&](const MountEntry& each) { return each.device == name; });
}

int let_go(const void* subject) {
    const auto& loop = *static_cast<const LoopDevice*>(subject);
    const UniqueFd fd(::open(loop.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    loop_info64 info{};
    if (!fd.valid() || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0)
        return errno == ENXIO ? 0 : errno;  // ENXIO: it has no file any more
    if (!is_of_one(*loop.filesystems, info.lo_device)) return 0;
    return ::ioctl(fd.get(), LOOP_CLR_FD, 0) == 0 ? 0 : errno;
}

}  // namespace

bool is_of_loop_device(const MountEntry& entry) noexcept {
    return entry.device.starts_with(kMajor);
}

void free_loop_devices(const std::vector<MountEntry>& filesystems, TimePoint deadline) {
    const Directory devices(::opendir(kBlockDevices.c_str()));
    if (devices == nullptr && errno != ENOENT)
        log::warning("mount", to_string(Error{errno, "look for loop devices in " + kBlockDevices}));
    while (const dirent* entry = devices == nullptr ? nullptr : ::readdir(devices.get())) {
        const std::string name = entry->d_name;
        if (!name.starts_with("loop")) continue;
        std::string backing_file = kBlockDevices;
        if (!exists(backing_file.append("/").append(name).append("/loop/backing_file"))) continue;
        const LoopDevice loop{"/dev/" + name, &filesystems};
        const int code = BoundedCall(let_go, &loop).result_by(deadline);
        if (code != 0) log::warning("mount", to_string(Error{code, "free " + loop.path + " of its file"}));
    }
}

}  // namespace nlinit::sys
