// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/cgroup.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {

namespace {

const std::string kRoot = "/sys/fs/cgroup";
constexpr std::size_t kLongestControllerList = 4096;
constexpr std::size_t kLongestProcessList = 1 << 20;
constexpr unsigned kDeepest = 16;  // how far below a group others are looked for
constexpr unsigned kKillRounds = 8;

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
    return enter_cgroup("init");
}

// Enables all controllers in one write, since each write walks all groups. A write that names an unavailable controller
// enables none at all; then they are enabled one by one.
void enable(const std::vector<std::string_view>& controllers) {
    const std::string file = kRoot + "/cgroup.subtree_control";
    std::string all;
    for (const auto name : controllers) all.append("+").append(name).append(" ");
    if (all.empty() || write_kernel_file(file, all).ok()) return;
    for (const auto each : controllers) {
        const std::string name(each);
        const auto enabled = write_kernel_file(file, "+" + name);
        if (!enabled.ok()) log::debug("cgroup", {"enable controller ", name, ": ", to_string(enabled.error())});
    }
}

std::string path_of(const std::string& name) {
    return concat({kRoot, "/", name});
}

std::vector<std::string> groups_below(const std::string& path) {
    std::vector<std::string> groups;
    const Directory directory(open_kernel_directory(path.c_str()));
    if (directory == nullptr) return groups;
    while (const dirent* entry = ::readdir(directory.get())) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') append(groups, {path, "/", entry->d_name});
    }
    return groups;
}

// Returns how many processes there were, in the group and below it.
std::size_t signal_all(const std::string& path, int number, unsigned depth) {
    const auto list = read_file(path + "/cgroup.procs", kLongestProcessList);
    std::size_t count = 0;
    const std::string_view processes = list.ok() ? std::string_view(*list) : std::string_view();
    for (const auto word : split(processes, '\n')) {
        const auto pid = parse_number<std::uint32_t>(word);
        if (!pid || *pid == 0) continue;  // 0 stands for a process of another namespace
        ++count;
        static_cast<void>(::kill(static_cast<pid_t>(*pid), number));
    }
    if (depth == 0) return count;
    for (const auto& group : groups_below(path)) count += signal_all(group, number, depth - 1);
    return count;
}

// For kernels before 5.14. Frozen processes cannot fork meanwhile (5.2). Without freezing, a group that forks faster
// than this kills is given up after some rounds.
Result<> kill_one_by_one(const std::string& path) {
    const bool frozen = write_kernel_file(path + "/cgroup.freeze", "1").ok();
    std::size_t left = 1;
    for (unsigned round = 0; round < kKillRounds && left > 0; ++round) left = signal_all(path, SIGKILL, kDeepest);
    if (frozen) return write_kernel_file(path + "/cgroup.freeze", "0");
    return {};
}

}  // namespace

Result<> mount_cgroup() {
    if (!exists(kRoot + "/cgroup.controllers")) {
        auto mounted = mount_with_best_options();
        if (!mounted.ok()) return mounted;
    }
    auto moved = move_into_leaf();
    if (!moved.ok()) return moved;
    const auto controllers = read_file(kRoot + "/cgroup.controllers", kLongestControllerList);
    if (!controllers.ok()) return controllers.error();
    enable(split(*controllers, " \n"));
    return {};
}

void favour_init() {
    for (const auto& [file, value] :
         {std::pair("/init/cpu.weight", "10000"), std::pair("/init/memory.min", "8388608")}) {
        if (auto written = write_kernel_file(kRoot + file, value); !written.ok())
            log::debug("process", to_string(written.error()));
    }
}

Result<UniqueFd> open_cgroup(const std::string& name) {
    // Without a look at whose the way is: no user can put a link there, and in a container /sys may be nobody's.
    for (auto end = name.find('/'); true; end = name.find('/', end + 1)) {
        const auto group = path_of(name.substr(0, end));
        if (make_kernel_directory(group.c_str()) != 0 && errno != EEXIST)
            return Error{errno, "make directory " + group};
        if (end == std::string::npos) break;
    }
    const std::string processes = path_of(name) + "/cgroup.procs";
    UniqueFd fd(open_kernel_file(processes.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "open " + processes};
    return fd;
}

Result<> enter_cgroup(const std::string& name) {
    const auto group = open_cgroup(name);
    if (!group.ok()) return group.error();
    if (::write(group->get(), "0", 1) < 0) return Error{errno, "enter cgroup " + name};
    return {};
}

Result<> kill_cgroup(const std::string& name) {
    const std::string path = path_of(name);
    auto killed = write_kernel_file(path + "/cgroup.kill", "1");
    if (killed.ok() || !exists(path + "/cgroup.procs")) return killed;
    return kill_one_by_one(path);
}

void signal_cgroup(const std::string& name, int number) noexcept {
    try {
        signal_all(path_of(name), number, kDeepest);
    } catch (const std::exception& exception) {
        log::error("cgroup", exception.what());
    }
}

bool is_populated(const std::string& name) {
    const auto events = read_file(path_of(name) + "/cgroup.events", kLongestControllerList);
    return events.ok() && events->find("populated 1") != std::string::npos;
}

}  // namespace nlinit::sys
