// SPDX-License-Identifier: Apache-2.0
// A FUSE filesystem in this mount namespace: a directory in which any name is an empty directory. It is answered for by
// a child, until that falls silent: then whoever asks for anything waits, and nobody comes.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::test {

class FuseShare {
  public:
    // Nothing when the kernel has no FUSE. With `names` there are no others.
    [[nodiscard]] static std::unique_ptr<FuseShare> mount(const std::string& target,
                                                          const std::vector<std::string>& names = {});
    ~FuseShare();  // the kernel lets all go that wait
    FuseShare(const FuseShare&) = delete;
    FuseShare& operator=(const FuseShare&) = delete;

    // Between two requests: all that were asked before have their answer.
    void fall_silent() const;

  private:
    FuseShare(pid_t server, sys::UniqueFd stop) noexcept : server_(server), stop_(std::move(stop)) {}
    pid_t server_;
    sys::UniqueFd stop_;  // eventfd(2)
};

}  // namespace nlinit::test
