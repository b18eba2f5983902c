// A call into the kernel that may never return: to unmount a share whose server is gone, or to sync a disk that is
// dead, is to wait uninterruptibly, and no signal and no timer ends that. So a child makes the call, and a child that
// is not back in time is left behind.
//
//     BoundedCall call([](const void* path) { return umount2(...) == 0 ? 0 : errno; }, path);
//     if (call.result_by(now + 3s) == ETIMEDOUT) ...
//
// Several that are started before the first is asked for its result run at the same time. Nothing here allocates, so
// that the handler of a crash can use it too.
#pragma once

#include <sys/types.h>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

class BoundedCall {
  public:
    using Work = int (*)(const void* subject);  // gives 0 or an errno; what it does to memory is lost

    // Starts. Where no child can be had, the work is done at once and has no bound.
    BoundedCall(Work work, const void* subject) noexcept;

    // What the work gave; ETIMEDOUT if it has not ended by then, ECANCELED if its process was killed.
    [[nodiscard]] int result_by(TimePoint deadline) noexcept;

  private:
    UniqueFd answer_;
    pid_t pid_ = 0;
    int result_ = 0;
};

}  // namespace nlinit::sys
