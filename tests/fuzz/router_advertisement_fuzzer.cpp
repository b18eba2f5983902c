// SPDX-License-Identifier: Apache-2.0
// Options of router advertisements, and what a link's routers leave of them: the first byte of each piece is its size,
// the next one its router and the seconds before it.
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "nlinit/net/domain_name.hpp"
#include "nlinit/net/router_dns.hpp"

namespace {

using namespace nlinit;

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const RouterOptions& options) {
    for (const auto& given : options.name_servers) {
        require(!given.servers.empty() && given.servers.size() <= 127);
        for (const auto& server : given.servers) require(server.is_host());
    }
    for (const auto& given : options.search_domains) {
        require(!given.domains.empty());
        for (const auto& domain : given.domains) require(parse_domain_name(domain) == domain);
    }
}

void check(const RouterDns& dns, TimePoint now) {
    const auto servers = dns.name_servers();
    const auto domains = dns.search_domains();
    require(servers.size() <= RouterDns::kMaxNameServers && domains.size() <= RouterDns::kMaxSearchDomains);
    require(!dns.deadline() || *dns.deadline() > now);
    for (auto one = servers.begin(); one != servers.end(); ++one)
        require(std::find(one + 1, servers.end(), *one) == servers.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteReader in(ByteView(data, size));
    RouterDns dns;
    TimePoint now{};
    while (!in.at_end()) {
        const auto piece = in.bytes(std::min<std::size_t>(in.u8(), in.remaining()));
        const auto from = in.u8();
        now += std::chrono::seconds(from >> 2);
        dns.expire(now);
        check(dns, now);
        const auto options = parse_router_options(piece);
        check(options);
        const auto before = dns.name_servers();
        const auto domains_before = dns.search_domains();
        Ipv6Address::Octets router{0xfe, 0x80};
        router.back() = from & 3;
        const bool changed = dns.take(Ipv6Address(router), options, now);
        require(changed == (before != dns.name_servers() || domains_before != dns.search_domains()));
        check(dns, now);
    }
    return 0;
}
