// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/router_advertisement.hpp"

#include <algorithm>

#include "nlinit/net/domain_list.hpp"

namespace nlinit {
namespace {

constexpr std::uint8_t kRdnss = 25, kDnssl = 31;  // RFC 8106 5.1, 5.2
constexpr std::size_t kUnit = 8;                  // what an option's length counts in (RFC 4861 4.6)
constexpr std::size_t kAddressSize = sizeof(Ipv6Address::Octets);
// An option holds up to 680 names of one letter; nobody searches that many domains.
constexpr std::size_t kMaxDomainsRead = 64;

std::chrono::seconds read_lifetime(ByteReader& in) {
    in.u16();  // reserved
    return std::chrono::seconds(in.u32());
}

// RFC 8106 5.3.1: the length is 3 or more, and odd.
void read_name_servers(ByteView body, RouterOptions& options) {
    ByteReader in(body);
    RouterNameServers read{read_lifetime(in), {}};
    if (in.overrun() || in.at_end() || in.remaining() % kAddressSize != 0) {
        options.complete = false;
        return;
    }
    while (!in.at_end()) {
        Ipv6Address::Octets octets{};
        std::ranges::copy(in.bytes(kAddressSize), octets.begin());
        const Ipv6Address server(octets);
        if (server.is_host()) {
            read.servers.push_back(server);
        } else {
            options.complete = false;
        }
    }
    if (!read.servers.empty()) options.name_servers.push_back(std::move(read));
}

void read_search_domains(ByteView body, RouterOptions& options) {
    ByteReader in(body);
    const auto lifetime = read_lifetime(in);
    auto list = parse_domain_list(in.bytes(in.remaining()), kMaxDomainsRead);
    if (in.overrun() || !list.complete || list.names.empty()) options.complete = false;
    if (!list.names.empty()) options.search_domains.push_back({lifetime, std::move(list.names)});
}

}  // namespace

RouterOptions parse_router_options(ByteView data) {
    RouterOptions options;
    ByteReader in(data);
    while (!in.at_end()) {
        const auto type = in.u8();
        const std::size_t size = in.u8() * kUnit;
        const auto body = in.bytes(size == 0 ? 0 : size - 2);
        if (size == 0 || in.overrun()) {
            options.complete = false;
            return options;
        }
        if (type == kRdnss) read_name_servers(body, options);
        if (type == kDnssl) read_search_domains(body, options);
    }
    return options;
}

}  // namespace nlinit
