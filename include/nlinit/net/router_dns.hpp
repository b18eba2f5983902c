// SPDX-License-Identifier: Apache-2.0
// Name servers and search domains of all routers of a link, as long as each of them lasts.
//
//     RouterDns dns;
//     … on RTM_NEWNDUSEROPT: if (dns.take(router, parse_router_options(bytes), now)) write(dns.name_servers(), …);
//     … at deadline():       if (dns.expire(now)) write(dns.name_servers(), …);
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/net/router_advertisement.hpp"

namespace nlinit {

class RouterDns {
  public:
    static constexpr std::size_t kMaxNameServers = 8, kMaxSearchDomains = 16;

    // Takes over a router's options. Only the router that announced an entry can withdraw it or shorten its lifetime.
    // When a list is full, the router with most entries gives up its latest for one that has fewer, until all have a
    // like share; else what is new is left out. Returns whether a list has changed.
    bool take(const Ipv6Address& router, const RouterOptions& options, TimePoint now);
    // Drops the entries whose lifetime has ended. Returns whether a list has changed.
    bool expire(TimePoint now);
    // Forgets all entries, for a link that now leads to another network.
    void clear() noexcept;

    // The routers take turns, in order of arrival, and each has its own in that order; none twice.
    [[nodiscard]] std::vector<Ipv6Address> name_servers() const;
    [[nodiscard]] std::vector<std::string> search_domains() const;
    // The time of the next call of expire(); nothing while no entry has an end.
    [[nodiscard]] std::optional<TimePoint> deadline() const;

  private:
    template <class Value>
    struct Entry {
        Value value;
        Ipv6Address router;
        TimePoint until;
    };
    std::vector<Entry<Ipv6Address>> name_servers_;
    std::vector<Entry<std::string>> search_domains_;
};

}  // namespace nlinit
