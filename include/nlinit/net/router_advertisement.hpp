// SPDX-License-Identifier: Apache-2.0
// The name service in a router advertisement (RFC 8106): the options RDNSS and DNSSL as the kernel hands them over in
// RTM_NEWNDUSEROPT.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/ipv6_address.hpp"

namespace nlinit {

// For good (RFC 8106 5.1), as for prefixes.
inline constexpr std::chrono::seconds kInfiniteRouterLifetime{0xffffffff};

struct RouterNameServers {
    std::chrono::seconds lifetime{0};  // 0: no longer to be used
    std::vector<Ipv6Address> servers;  // unicast addresses; a link-local one is on the link that the option came over
    friend bool operator==(const RouterNameServers&, const RouterNameServers&) = default;
};

struct RouterSearchDomains {
    std::chrono::seconds lifetime{0};
    std::vector<std::string> domains;  // each as parse_domain_name() gives it
    friend bool operator==(const RouterSearchDomains&, const RouterSearchDomains&) = default;
};

struct RouterOptions {
    std::vector<RouterNameServers> name_servers;
    std::vector<RouterSearchDomains> search_domains;
    bool complete = true;  // false: a malformed or useless part was left out
    friend bool operator==(const RouterOptions&, const RouterOptions&) = default;
};

// Reads the options of neighbour discovery in `data` (RFC 4861 4.6) one after the other. Reading stops at an option
// whose length is 0 or reaches beyond the end.
[[nodiscard]] RouterOptions parse_router_options(ByteView data);

}  // namespace nlinit
