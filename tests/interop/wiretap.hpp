// SPDX-License-Identifier: Apache-2.0
// DHCP and DHCPv6 as they pass a port, in both directions: the same evidence whatever the server says of itself.
//
//     Wiretap wire(loop, lan.server, Lan::kClientPort);
//     ... run the client ...
//     EXPECT_THAT(wire.heard(), Contains("192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50"));
#pragma once

#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

class Wiretap {
  public:
    Wiretap(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& link);
    ~Wiretap();
    Wiretap(const Wiretap&) = delete;
    Wiretap& operator=(const Wiretap&) = delete;

    // A line a message: "0.0.0.0 to 255.255.255.255 DISCOVER rapid", "192.0.2.1 to 192.0.2.50 OFFER 192.0.2.50".
    // "fe80::1 to ff02::1:2 SOLICIT rapid".
    // All that has passed by now, whether the loop has come to it or not.
    [[nodiscard]] const std::vector<std::string>& heard();
    // One of the lines has these words.
    [[nodiscard]] bool heard(const std::string& words);
    void forget();

  private:
    void receive();

    sys::EventLoop& loop_;
    sys::UniqueFd socket_;
    std::vector<std::string> lines_;
};

}  // namespace nlinit::test
