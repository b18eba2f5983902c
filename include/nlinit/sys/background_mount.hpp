// mount(2) that nobody has to wait for: a thread of its own makes the call.
//
//     auto mounting = BackgroundMount::start(row, row.flags);
//     loop.watch(mounting->fd(), ...);        // readable when it is done
//     ... mounting->result()
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Mounts, and looks once at the root of what it mounted: the kernel mounts a virtiofs whose daemon never answers, and
// it is the first look that hangs. The row is copied. A call that does not end keeps its thread and its memory,
// whatever becomes of this object, and mounts late if it ends after all.
class BackgroundMount {
  public:
    [[nodiscard]] static Result<BackgroundMount> start(const boot::MountRow& row, unsigned long flags);
    BackgroundMount(BackgroundMount&& other) noexcept;
    BackgroundMount& operator=(BackgroundMount&&) = delete;
    ~BackgroundMount();

    [[nodiscard]] int fd() const noexcept { return done_.get(); }
    [[nodiscard]] bool done() const noexcept;
    [[nodiscard]] int result() const noexcept;  // once it is done: 0 or an errno

  private:
    struct Task;
    BackgroundMount(Task* task, UniqueFd done) noexcept : task_(task), done_(std::move(done)) {}

    Task* task_;
    UniqueFd done_;
};

}  // namespace nlinit::sys
