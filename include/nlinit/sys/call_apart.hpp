// SPDX-License-Identifier: Apache-2.0
// Calls into the kernel that may never return, for the end of the machine and for looks at many disks. A call that
// unmounts a share without a server, or syncs a dead disk, waits uninterruptibly, and neither a signal nor a timer ends
// that wait. So a child makes each call, all children run at the same time, and a child that is late is left
// behind.
//
//     const auto codes = call_apart({{.work = [&] { return umount2(...) == 0 ? 0 : errno; }}, …}, now + 3s);
//
// call_apart() blocks the event loop until it returns. While the machine runs, use sys/aside instead.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "nlinit/base/time.hpp"

namespace nlinit::sys {

struct Call {
    std::function<int()> work;  // gives 0 or a number such as an errno; its changes to memory are lost
    bool is_awaited = true;     // false: the wait ends when all other calls have ended
};

// The result of each call, in the order of the calls. ETIMEDOUT: the call did not return before the deadline.
// ECANCELED: its process was killed, or could not be started before the deadline. When fork(2) fails, the result is its
// errno, and the call is not made.
[[nodiscard]] std::vector<int> call_apart(const std::vector<Call>& calls, TimePoint deadline);

struct CallWatch {
    // Called after each answer; gives the new deadline of the other calls, which counts if it is earlier.
    std::function<TimePoint(std::size_t number, int result)> until;
    std::function<void(pid_t pid)> on_left_behind;  // killed, and perhaps never gone
};
[[nodiscard]] std::vector<int> call_apart(const std::vector<Call>& calls, TimePoint deadline, const CallWatch& watch);

}  // namespace nlinit::sys
