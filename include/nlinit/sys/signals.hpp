// SPDX-License-Identifier: Apache-2.0
// Signals as events of the loop.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>

#include <initializer_list>
#include <optional>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

class SignalFd {
  public:
    // Blocks the signals and gives a descriptor that is readable when one is pending.
    [[nodiscard]] static Result<SignalFd> open(std::initializer_list<int> signals);
    [[nodiscard]] static Result<SignalFd> open_all();  // every signal that can be blocked and is no crash
    // The same without a descriptor, for when none can be made: fd() is -1, and the caller polls next().
    [[nodiscard]] static SignalFd polled_all() noexcept;
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] std::optional<signalfd_siginfo> next() const noexcept;  // never waits

  private:
    SignalFd(UniqueFd fd, const sigset_t& set) noexcept : fd_(std::move(fd)), set_(set) {}
    UniqueFd fd_;
    sigset_t set_;
};

}  // namespace nlinit::sys
