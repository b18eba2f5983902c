// SPDX-License-Identifier: Apache-2.0
// What a server is to give to its clients, in words that every server's configuration can be made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "nlinit/dhcp/option.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::test {

struct Terms {
    Ipv4Address server{192, 0, 2, 1};  // where it listens
    Prefix network{{192, 0, 2, 0}, 24};
    Ipv4Address first{192, 0, 2, 50}, last{192, 0, 2, 50};
    Ipv4Address router{192, 0, 2, 1}, name_server{192, 0, 2, 3};
    std::vector<dhcp::ClasslessRoute> classless_routes = {};  // option 121
    std::chrono::seconds lease{3600};
    std::chrono::seconds renew_after{0}, rebind_after{0};  // 0: the server's own
    bool rapid_commit = false;
    bool host_mask = false;  // option 1 is 255.255.255.255

    // The network is not the server's own: a relay stands between.
    [[nodiscard]] bool relayed() const { return !network.contains(server); }
    [[nodiscard]] Ipv4Address mask() const { return host_mask ? kBroadcastAddress : network.mask(); }
    // RFC 3442's form: length, the octets that count, router.
    [[nodiscard]] std::vector<std::uint8_t> encoded_classless_routes() const;
};

// The same of DHCPv6, on the network 2001:db8::/64, in which the server is 2001:db8::1.
struct Terms6 {
    std::string first = "2001:db8::50", last = "2001:db8::50";
    std::string name_server = "2001:db8::3", domain = "example.org";
    std::chrono::seconds lease{3600};
    bool rapid_commit = false;
    bool stateless = false;  // no addresses
};

}  // namespace nlinit::test
