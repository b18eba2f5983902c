#include "nlinit/net/router_dns.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace nlinit {
namespace {

TimePoint end_of(std::chrono::seconds lifetime, TimePoint now) {
    return lifetime >= kInfiniteRouterLifetime ? kNever : now + lifetime;
}

template <class Entries>
auto count_of(const Entries& entries, const Ipv6Address& router) {
    return std::ranges::count_if(entries, [&](const auto& entry) { return entry.router == router; });
}

// In a full list: the latest entry of the router that has most, if that is no less than its share without it.
template <class Entries>
auto entry_to_give_up(const Entries& entries, const Ipv6Address& to) {
    const auto number = [&](const auto& entry) { return count_of(entries, entry.router); };
    const auto fullest = std::ranges::max_element(entries, {}, number);
    if (number(*fullest) <= count_of(entries, to) + 1) return entries.end();
    const auto is_its = [&](const auto& entry) { return entry.router == fullest->router; };
    return std::find_if(entries.rbegin(), entries.rend(), is_its).base() - 1;
}

template <class Entries, class Value>
void keep(Entries& entries, std::size_t limit, const Value& value, const Ipv6Address& router, TimePoint until) {
    const auto known = std::ranges::find_if(
        entries, [&](const auto& entry) { return entry.value == value && entry.router == router; });
    if (known != entries.end()) {
        known->until = until;
        return;
    }
    if (entries.size() == limit) {
        const auto given_up = entry_to_give_up(entries, router);
        if (given_up == entries.end()) return;
        entries.erase(given_up);
    }
    entries.push_back({value, router, until});
}

// The first of each router, then the second of each: who reads three of the list has some of every router's.
template <class Entries>
auto in_turns(const Entries& entries) {
    std::vector<std::pair<std::ptrdiff_t, const typename Entries::value_type*>> turns;
    for (const auto& entry : entries) {
        const auto is_before = [&](const auto& other) { return other.second->router == entry.router; };
        turns.emplace_back(std::ranges::count_if(turns, is_before), &entry);
    }
    std::ranges::stable_sort(turns, {}, [](const auto& turn) { return turn.first; });
    return turns;
}

template <class Value, class Entries>
std::vector<Value> values_of(const Entries& entries) {
    std::vector<Value> values;
    for (const auto& turn : in_turns(entries)) {
        const auto& value = turn.second->value;
        if (std::ranges::find(values, value) == values.end()) values.push_back(value);
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
