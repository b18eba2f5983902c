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

    // What a router says. Only its own word withdraws or shortens what it has said. What is beyond the limits is left
    // out: those who were there first stay. True when a list is another one afterwards.
    bool take(const Ipv6Address& router, const RouterOptions& options, TimePoint now);
    // Drops what has lasted its time. True when a list is another one afterwards.
    bool expire(TimePoint now);
    // The link leads somewhere else.
    void clear() noexcept;

    // In order of arrival, none twice.
    [[nodiscard]] std::vector<Ipv6Address> name_servers() const;
    [[nodiscard]] std::vector<std::string> search_domains() const;
    // When expire() has something to do; nothing while all of it is for good.
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
