// SPDX-License-Identifier: Apache-2.0
#include "process_limits.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "nlinit/machine/rlimit.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/settings.hpp"

namespace nlinit::sys {
namespace {

constexpr const char* kOomScoreAdj = "/proc/self/oom_score_adj";
constexpr std::size_t kMaxNumber = 16;

}  // namespace

Result<> LimitsTaken::take(const Command& command) {
    for (const auto& limit : command.rlimits) {
        if (auto taken = take(limit); !taken.ok()) return taken;
    }
    if (command.umask) umask_ = ::umask(*command.umask);
    if (!command.oom_score_adj) return {};
    if (auto before = read_file(kOomScoreAdj, kMaxNumber); before.ok()) oom_score_adj_ = *std::move(before);
    return write_kernel_file(kOomScoreAdj, std::to_string(*command.oom_score_adj));
}

Result<> LimitsTaken::take(const ProcessLimit& limit) {
    const auto number = value_of_word(limit.name, kRlimitWords);
    if (!number) return Error{0, "there is no resource limit " + limit.name};
    const auto resource = static_cast<__rlimit_resource>(*number);
    rlimit before{};
    rlimit wanted{limit.soft, limit.hard};
    bool is_set = ::getrlimit(resource, &before) == 0 && ::setrlimit(resource, &wanted) == 0;
    // "unlimited" descriptors are as many as the kernel has for a process, and what is more than them is refused.
    if (!is_set && errno == EPERM && resource == RLIMIT_NOFILE) {
        const auto allowed = raise_nr_open(limit.hard);
        if (!allowed.ok()) return allowed.error();
        wanted = {std::min<rlim_t>(limit.soft, *allowed), std::min<rlim_t>(limit.hard, *allowed)};
        is_set = ::setrlimit(resource, &wanted) == 0;
    }
    if (!is_set) return Error{errno, "set resource limit " + limit.name};
    limits_.emplace_back(*number, before);
    return {};
}

void LimitsTaken::give_back() {
    for (const auto& [number, before] : limits_) ::setrlimit(static_cast<__rlimit_resource>(number), &before);
    limits_.clear();
    if (umask_) ::umask(*umask_);
    umask_.reset();
    if (!oom_score_adj_.empty()) static_cast<void>(write_kernel_file(kOomScoreAdj, oom_score_adj_));
    oom_score_adj_.clear();
}

}  // namespace nlinit::sys
