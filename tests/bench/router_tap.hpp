// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace bench {

// What hosts and routers say to find each other (RFC 4861 4.1, 4.2), by its type in ICMPv6.
enum class RouterMessage { solicitation = 133, advertisement = 134 };

// Hears those that come and go on a link, as the link has them: before the kernel obeys an advertisement.
class RouterTap {
  public:
    explicit RouterTap(int interface_index);
    ~RouterTap();
    RouterTap(const RouterTap&) = delete;
    RouterTap& operator=(const RouterTap&) = delete;

    [[nodiscard]] int events() const noexcept { return fd_; }  // readable when next() has something
    [[nodiscard]] std::optional<RouterMessage> next() const;

  private:
    int fd_ = -1;
};

}  // namespace bench
