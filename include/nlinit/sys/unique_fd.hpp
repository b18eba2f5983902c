// SPDX-License-Identifier: Apache-2.0
// Owns a file descriptor: closes it once, keeps errno while doing so, and forbids `if (!fd)`, which would mistake
// descriptor 0 for an invalid one.
#pragma once

#include <utility>

namespace nlinit::sys {

class UniqueFd {
  public:
    UniqueFd() noexcept = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    void reset(int fd = -1) noexcept;
    bool operator!() const = delete;

  private:
    int fd_ = -1;
};

}  // namespace nlinit::sys
