// Calls into the kernel that may never return, for the end of the machine: to unmount a share whose server is gone, or
// to sync a disk that is dead, is to wait uninterruptibly, and no signal and no timer ends that. So each is made by a
// child, all at the same time, and a child that is not back in time is left behind.
//
//     const auto codes = call_apart({{.work = [&] { return umount2(...) == 0 ? 0 : errno; }}, …}, now + 3s);
//
// This waits, and the event loop does not go on meanwhile: see sys/aside for what is done while the machine runs.
#pragma once

#include <functional>
#include <vector>

#include "nlinit/base/time.hpp"

namespace nlinit::sys {

struct Call {
    std::function<int()> work;  // gives 0 or a number such as an errno; what it does to memory is lost
    bool is_awaited = true;     // false: the others' end is the end of the wait
};

// What each of them gave, in their order. ETIMEDOUT: it has not ended by then. ECANCELED: its process was killed, or
// none was made before the deadline. Where a child cannot be made the errno of that, and the call is not made at all.
[[nodiscard]] std::vector<int> call_apart(const std::vector<Call>& calls, TimePoint deadline);

}  // namespace nlinit::sys
