// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/rtnetlink.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

// The network that a client configures: the namespace that the calling thread is in when this is made.
// What cannot be done ends the program with a line that says why.
class Guest {
  public:
    explicit Guest(std::string interface);
    ~Guest();
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    // As a client finds it in a fresh machine: no IPv4 address and so no route, all links down, and no event unread.
    void reset();
    // The same, but for the interface, which stays as it is.
    void forget();
    void bring_up();

    // Readable as rtnetlink.hpp says.
    [[nodiscard]] int carrier_events() const noexcept { return carrier_events_; }
    [[nodiscard]] int route_events() const noexcept { return route_events_; }

    struct Address {
        ifaddrmsg header;
        std::uint32_t local;
    };

    // The IPv4 addresses of all links.
    [[nodiscard]] std::vector<Address> addresses();

  private:
    int transact(nlmsghdr* request);
    void remove(const Address& address);
    void set_up(const std::string& name, bool up);

    std::string interface_;
    int carrier_events_ = -1;
    int route_events_ = -1;
    int requests_ = -1;
};

}  // namespace bench
