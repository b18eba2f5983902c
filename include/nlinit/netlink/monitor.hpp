// Links that appear, go, and gain or lose their carrier, as events.
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

struct LinkEvent {
    Link link;
    bool removed = false;
};

class LinkMonitor {
  public:
    // Events count from here on: look at the links once after this, for what happened before.
    [[nodiscard]] static Result<LinkMonitor> open();
    [[nodiscard]] int fd() const noexcept { return socket_.fd(); }
    // What has happened since, without waiting. ENOBUFS: too much; look at the links again.
    [[nodiscard]] Result<std::vector<LinkEvent>> read();

  private:
    explicit LinkMonitor(Socket socket) noexcept : socket_(std::move(socket)) {}
    Socket socket_;
};

}  // namespace nlinit::netlink
