#include "nlinit/sys/cgroup.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::sys {

namespace {

const std::string kRoot = "/sys/fs/cgroup";
constexpr std::size_t kLongestList = 4096;

// Older kernels refuse options that they do not know: memory_recursiveprot is of Linux 5.7, nsdelegate of 4.13.
Result<> mount_with_best_options() {
    constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    for (const char* options : {"nsdelegate,memory_recursiveprot", "nsdelegate", ""}) {
        if (::mount("cgroup2", kRoot.c_str(), "cgroup2", kFlags, options) == 0) return {};
        if (errno != EINVAL) break;
    }
    return Error{errno, "mount cgroup2 on " + kRoot};
}

// A group with processes of its own cannot hand controllers down, unless it is the root of the whole machine.
Result<> move_into_leaf() {
    const auto leaf = open_cgroup("init");
    if (!leaf.ok()) return leaf.error();
    if (::write(leaf->get(), "0", 1) < 0) return Error{errno, "enter cgroup init"};
    return {};
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" \n"), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// All at once, since each write walks all groups. One that names a controller which cannot be had enables none of the
// others either: then one by one.
void enable(const std::vector<std::string>& controllers) {
    const std::string file = kRoot + "/cgroup.subtree_control";
    std::string all;
    for (const auto& name : controllers) all += "+" + name + " ";
    if (all.empty() || write_kernel_file(file, all).ok()) return;
    for (const auto& name : controllers) {
        const auto enabled = write_kernel_file(file, "+" + name);
        if (!enabled.ok()) log::debug("cgroup", "enable controller " + name + ": " + to_string(enabled.error()));
    }
}

}  // namespace

Result<> mount_cgroup() {
    if (!exists(kRoot + "/cgroup.controllers")) {
        auto mounted = mount_with_best_options();
        if (!mounted.ok()) return mounted;
    }
    auto moved = move_into_leaf();
    if (!moved.ok()) return moved;
    const auto controllers = read_file(kRoot + "/cgroup.controllers", kLongestList);
    if (!controllers.ok()) return controllers.error();
    enable(words_of(*controllers));
    return {};
}

Result<UniqueFd> open_cgroup(const std::string& name) {
    const auto made = make_directories(kRoot + "/" + name);
    if (!made.ok()) return made.error();
    const std::string processes = kRoot + "/" + name + "/cgroup.procs";
    UniqueFd fd(::open(processes.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "open " + processes};
    return fd;
}

Result<> kill_cgroup(const std::string& name) {
    return write_kernel_file(kRoot + "/" + name + "/cgroup.kill", "1");
}

}  // namespace nlinit::sys
