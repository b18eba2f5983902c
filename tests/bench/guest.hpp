#pragma once

#include <linux/rtnetlink.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

// The network that clients configure: the namespace that this process was started in, and so those it starts.
// What cannot be done ends the program with a line that says why.
class Guest {
  public:
    explicit Guest(std::string interface);
    ~Guest();
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    // As a client finds it in a fresh machine: no IPv4 address, all links down, and no event unread.
    void reset();

    // Readable once there is a default route in the kernel's main table, and whenever one more is added.
    [[nodiscard]] int route_events() const noexcept { return events_; }
    void drain_route_events();

  private:
    struct Address {
        ifaddrmsg header;
        std::uint32_t local;
    };

    int transact(nlmsghdr* request);
    [[nodiscard]] std::vector<Address> addresses();
    void remove(const Address& address);
    void take_down(const std::string& name);

    std::string interface_;
    int events_ = -1;
    int requests_ = -1;
};

}  // namespace bench
