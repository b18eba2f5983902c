// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/process_list.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLongestStat = 4096;
constexpr unsigned long kKernelThread = 0x0020'0000;  // PF_KTHREAD of linux/sched.h
constexpr int kParentField = 1, kFlagsField = 6;      // behind the name: state, ppid, pgrp, session, tty_nr, tpgid

bool is_number(std::string_view name) noexcept {
    return name.find_first_not_of("0123456789") == std::string_view::npos;
}

// The number of such a text's field, counted from the one behind the name; 0: there is none.
unsigned long number_in(std::string_view stat, int field) noexcept {
    const auto close = stat.rfind(") ");
    auto rest = close == std::string_view::npos ? std::string_view() : stat.substr(close + 2);
    for (int skipped = 0; skipped < field && !rest.empty(); ++skipped)
        rest.remove_prefix(std::min(rest.find(' '), rest.size() - 1) + 1);
    unsigned long number = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return number;
}

// Of "12 (name) S 1 12 12 0 -1 4194560 ..."; the name may have spaces and parentheses of its own. Empty: no process of
// user space that is still alive.
std::string_view name_of_live(std::string_view stat) noexcept {
    const auto open = stat.find('(');
    const auto close = stat.rfind(") ");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
    const auto rest = stat.substr(close + 2);
    if (rest.starts_with('Z') || rest.starts_with('X')) return {};
    const bool is_kernels = (number_in(stat, kFlagsField) & kKernelThread) != 0;
    return is_kernels ? std::string_view() : stat.substr(open + 1, close - open - 1);
}

}  // namespace

std::string list_processes(std::size_t limit) {
    std::string list;
    const Directory directory(open_kernel_directory("/proc"));
    if (!directory) return list;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string pid = entry->d_name;
        if (!is_number(pid) || pid == "1") continue;
        const auto stat = read_file(concat({"/proc/", pid, "/stat"}), kLongestStat);
        const auto name = stat.ok() ? name_of_live(*stat) : std::string_view();
        if (name.empty()) continue;
        if (limit-- == 0) return list + " and others";
        list.append(list.empty() ? "" : ", ").append(name).append(" (").append(pid).append(")");
    }
    return list;
}

std::optional<std::vector<pid_t>> list_children() {
    const Directory directory(open_kernel_directory("/proc"));
    const auto parent = static_cast<unsigned long>(::getpid());
    std::vector<pid_t> children;
    while (directory) {
        errno = 0;
        const dirent* const entry = ::readdir(directory.get());
        if (entry == nullptr && errno == 0) return children;
        if (entry == nullptr) break;
        const std::string pid = entry->d_name;
        if (!is_number(pid)) continue;
        const auto stat = read_file(concat({"/proc/", pid, "/stat"}), kLongestStat);
        const bool is_gone = !stat.ok() && (stat.error().code == ENOENT || stat.error().code == ESRCH);
        if (!stat.ok() && !is_gone) {
            log::debug("process", to_string(stat.error()));
            return std::nullopt;
        }
        if (stat.ok() && number_in(*stat, kParentField) == parent)
            children.push_back(static_cast<pid_t>(std::stol(pid)));
    }
    log::debug("process", to_string(Error{errno, "list /proc"}));
    return std::nullopt;
}

}  // namespace nlinit::sys
