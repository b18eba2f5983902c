// SPDX-License-Identifier: Apache-2.0
// The usual wiring with a switch in the middle, for servers that are no station of their own and for more clients than
// one: the client's eth0 is plugged into a bridge, srv0, which is the server's and has 192.0.2.1/24. The bridge stays
// up whoever is unplugged. The client's end is still down.
#pragma once

#include <string>
#include <vector>

#include "support/namespaces.hpp"
#include "support/veth.hpp"

namespace nlinit::test {

// The link becomes a port of the bridge, and is up.
void make_port(const std::string& link, const std::string& bridge, const NetworkNamespace& ns);
// These are then the link's IPv4 addresses, and no others.
void readdress(const std::string& link, const NetworkNamespace& ns, const std::vector<std::string>& addresses);
// "192.0.2.0/24" by the router "203.0.113.2".
void add_route(const std::string& destination, const std::string& router, const std::string& link,
               const NetworkNamespace& ns);

// Until then what is sent on the link goes nowhere, and some servers do not open it.
void await_running(const std::string& link, const NetworkNamespace& ns);
// Until then bind(2) to one of its IPv6 addresses is EADDRNOTAVAIL.
void await_ipv6(const std::string& link, const NetworkNamespace& ns);

struct Lan {
    static constexpr const char* kClientPort = "port0";

    NetworkNamespace client, server;

    Lan();
    // Another client's eth0, into a port of this name.
    void plug_in(const NetworkNamespace& other, const std::string& port) const;
    void unplug() const { set_link_down(kClientPort, server); }
    void plug_in() const { set_link_up(kClientPort, server); }
};

}  // namespace nlinit::test
