// SPDX-License-Identifier: Apache-2.0
// A router of IPv6 by hand: it says what a test wants, to whoever is on the link, and answers who asks.
//
//     Router router(loop, cable.server, "srv0");
//     router.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
//     … the kernel at the other end solicits, and has its address
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "support/raw_link.hpp"

namespace nlinit::test {

// RFC 4861 4.6.2, lifetimes in seconds.
struct AdvertisedPrefix {
    Ipv6Address prefix;
    std::uint32_t valid = 86400, preferred = 14400;
    bool autonomous = true;
    std::uint8_t length = 64;
};

// RFC 4861 4.2.
struct Advertisement {
    std::uint16_t lifetime = 1800;  // as a default router; 0: it is none
    bool managed = false, other = false;
    std::vector<AdvertisedPrefix> prefixes = {};
    Bytes more_options = {};  // RDNSS and others
};

// From the Ethernet header on, to all nodes.
[[nodiscard]] Bytes frame_of(const Advertisement& advertisement, const Ipv6Address& router);

class Router {
  public:
    Router(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface,
           const std::string& address = "fe80::1");
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    Advertisement says;
    bool answers = true;

    void advertise() const { link_.send(frame_of(says, address_)); }
    // From then on it says so to who asks, too: the kernel asks when it likes.
    void advertise(Advertisement advertisement) {
        says = std::move(advertisement);
        advertise();
    }
    void flood(const Advertisement& advertisement, std::size_t count) const {
        link_.flood(frame_of(advertisement, address_), count);
    }
    // How many asked.
    [[nodiscard]] std::size_t solicitations() const noexcept { return solicitations_; }

  private:
    void hear();

    sys::EventLoop& loop_;
    Ipv6Address address_;
    RawLink link_;
    sys::UniqueFd ears_;
    std::size_t solicitations_ = 0;
};

}  // namespace nlinit::test
