// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/router_dns.hpp"

#include <algorithm>
#include <cstddef>

namespace nlinit {
namespace {

TimePoint end_of(std::chrono::seconds lifetime, TimePoint now) {
    return lifetime >= kInfiniteRouterLifetime ? kNever : now + lifetime;
}

// How many of the first `first` entries are from that router.
template <class Entries>
std::size_t count_of(const Entries& entries, const Ipv6Address& router, std::size_t first) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < first; ++i) {
        if (entries[i].router == router) ++count;
    }
    return count;
}

// For a full list: the latest entry of the router with most entries, if that router keeps its share without the entry.
// Otherwise the number of entries.
template <class Entries>
std::size_t entry_to_give_up(const Entries& entries, const Ipv6Address& to) {
    const auto all = entries.size();
    std::size_t most = count_of(entries, to, all) + 1, given_up = all;
    for (std::size_t i = 0; i < all; ++i) {
        const auto number = count_of(entries, entries[i].router, all);
        if (number > most || (given_up < all && entries[i].router == entries[given_up].router)) {
            most = number;
            given_up = i;
        }
    }
    return given_up;
}

template <class Entries, class Value>
void keep(Entries& entries, std::size_t limit, const Value& value, const Ipv6Address& router, TimePoint until) {
    for (auto& entry : entries) {
        if (entry.value == value && entry.router == router) {
            entry.until = until;
            return;
        }
    }
    if (entries.size() == limit) {
        const auto given_up = entry_to_give_up(entries, router);
        if (given_up == limit) return;
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(given_up));
    }
    entries.push_back({value, router, until});
}

// The first of each router, then the second of each: a resolver that reads three servers then asks several routers'.
template <class Value, class Entries>
std::vector<Value> values_of(const Entries& entries) {
    std::vector<Value> values;
    for (std::size_t turn = 0; turn < entries.size(); ++turn) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto& [value, router, until] = entries[i];
            if (count_of(entries, router, i) == turn && std::ranges::find(values, value) == values.end())
                values.push_back(value);
        }
    }
    return values;
}

template <class Entries>
TimePoint earliest_end(const Entries& entries) {
    TimePoint earliest = kNever;
    for (const auto& entry : entries) earliest = std::min(earliest, entry.until);
    return earliest;
}

}  // namespace

bool RouterDns::take(const Ipv6Address& router, const RouterOptions& options, TimePoint now) {
    const auto servers_before = name_servers();
    const auto domains_before = search_domains();
    // Entries that have ended make room for new ones.
    expire(now);
    for (const auto& given : options.name_servers) {
        for (const auto& server : given.servers)
            keep(name_servers_, kMaxNameServers, server, router, end_of(given.lifetime, now));
        expire(now);  // removes what the option withdraws, too
    }
    for (const auto& given : options.search_domains) {
        for (const auto& domain : given.domains)
            keep(search_domains_, kMaxSearchDomains, domain, router, end_of(given.lifetime, now));
        expire(now);
    }
    return name_servers() != servers_before || search_domains() != domains_before;
}

bool RouterDns::expire(TimePoint now) {
    const auto servers_before = name_servers();
    const auto domains_before = search_domains();
    const auto is_over = [now](const auto& entry) { return entry.until <= now; };
    std::erase_if(name_servers_, is_over);
    std::erase_if(search_domains_, is_over);
    return name_servers() != servers_before || search_domains() != domains_before;
}

void RouterDns::clear() noexcept {
    name_servers_.clear();
    search_domains_.clear();
}

std::vector<Ipv6Address> RouterDns::name_servers() const {
    return values_of<Ipv6Address>(name_servers_);
}

std::vector<std::string> RouterDns::search_domains() const {
    return values_of<std::string>(search_domains_);
}

std::optional<TimePoint> RouterDns::deadline() const {
    const auto earliest = std::min(earliest_end(name_servers_), earliest_end(search_domains_));
    if (earliest == kNever) return std::nullopt;
    return earliest;
}

}  // namespace nlinit
