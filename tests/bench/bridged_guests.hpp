// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "guest.hpp"

namespace bench {

// Machines on one bridge: a network namespace each, whose eth0 is one end of a veth pair; the other end is a port of
// the bridge br0 in the namespace of this process, where br0 has the server's address. The namespaces have no name and
// end with this process.
//
// eth0 is up before any client runs, and its port forwards, as a tap's does before its machine boots. Were it for the
// client to bring it up, its first packet would be lost unless the kernel thread that makes the port forward had its
// turn in between: a race that depends on what else the host does.
class BridgedGuests {
  public:
    explicit BridgedGuests(const std::string& server_address);

    // Until there are so many. To take a namespace away keeps the kernel busy for seconds, into the next run.
    void grow(std::size_t count);

    [[nodiscard]] std::size_t count() const noexcept { return guests_.size(); }
    [[nodiscard]] Guest& operator[](std::size_t i) { return *guests_[i]; }
    [[nodiscard]] const std::vector<int>& namespaces() const noexcept { return namespaces_; }

    void reset();

    // How many addresses more than one guest has.
    [[nodiscard]] std::size_t addresses_given_twice();

  private:
    void make_namespaces(std::size_t count);
    void make_guests();

    std::vector<int> namespaces_;
    std::vector<std::unique_ptr<Guest>> guests_;
};

}  // namespace bench
