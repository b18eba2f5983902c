// SPDX-License-Identifier: Apache-2.0
// The system calls that are made to fail, and the errors that their manual pages list: one of each kind, the refused
// (EPERM, EACCES), the exhausted (ENOMEM, EMFILE, ENOSPC), the interrupted (EINTR), the broken (EIO), the missing
// (ENOENT, ENOSYS). A call whose page has only errors that a right program cannot meet (a signal number that is none, a
// stack that is too small, a new session for the leader of a group) has none here.
#pragma once

#include <string_view>
#include <vector>

namespace nlinit::faults {

enum class Argument { path, path_second, descriptor, other };

struct SystemCall {
    long number;
    std::string_view name;
    Argument first;           // what there is to show of a call
    std::vector<int> errors;  // none: it cannot fail
};

[[nodiscard]] const SystemCall* find_call(long number) noexcept;
[[nodiscard]] std::string_view error_name(int code) noexcept;  // "EPERM"

}  // namespace nlinit::faults
