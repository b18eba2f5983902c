// SPDX-License-Identifier: Apache-2.0
// A name server as resolv.conf(5) writes it: an address, and for a link-local address the zone (the link).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/net/ip_address.hpp"

namespace nlinit {

struct NameServer {
    IpAddress address;
    std::string zone;  // the name of a link, of fe80::/10 alone (RFC 4007 11); empty: none

    NameServer() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): an address is a name server's
    NameServer(IpAddress at, std::string on = {}) : address(at), zone(std::move(on)) {}
    // NOLINTNEXTLINE(google-explicit-constructor): an address is a name server's
    NameServer(Ipv4Address at) : address(at) {}
    // "10.0.2.3", "fe80::1%eth0": a host, or the loopback, for a resolver may run in the guest itself.
    static std::optional<NameServer> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const NameServer&, const NameServer&) = default;
};

}  // namespace nlinit
