#include "nlinit/net/router_dns.hpp"

#include <algorithm>

namespace nlinit {
namespace {

TimePoint end_of(std::chrono::seconds lifetime, TimePoint now) {
    return lifetime >= kInfiniteRouterLifetime ? kNever : now + lifetime;
}

template <class Entries, class Value>
void keep(Entries& entries, std::size_t limit, const Value& value, const Ipv6Address& router, TimePoint until) {
    const auto known = std::ranges::find_if(
        entries, [&](const auto& entry) { return entry.value == value && entry.router == router; });
    if (known != entries.end()) {
        known->until = until;
    } else if (entries.size() < limit) {
        entries.push_back({value, router, until});
    }
}

template <class Value, class Entries>
std::vector<Value> values_of(const Entries& entries) {
    std::vector<Value> values;
    for (const auto& entry : entries) {
        if (std::ranges::find(values, entry.value) == values.end()) values.push_back(entry.value);
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
    // What is over makes room for what comes.
    expire(now);
    for (const auto& given : options.name_servers) {
        for (const auto& server : given.servers)
            keep(name_servers_, kMaxNameServers, server, router, end_of(given.lifetime, now));
        expire(now);  // of what is withdrawn, too
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
