// SPDX-License-Identifier: Apache-2.0
// Network cables between a test's namespaces, and the far side's half of the work: by rtnetlink, through libnl and not
// through the code under test.
//
//     NetworkNamespace client, server;
//     make_veth("eth0", client, "srv0", server);
//     set_link_up("srv0", server);
//     add_address("192.0.2.1/24", "srv0", server);
//
// Everything here throws std::runtime_error when the kernel refuses: GoogleTest makes it the test's failure.
#pragma once

#include <string>

#include "support/namespaces.hpp"

namespace nlinit::test {

// Both ends are down, with random MACs. The pair has carrier when both are up.
void make_veth(const std::string& name_a, const NetworkNamespace& ns_a, const std::string& name_b,
               const NetworkNamespace& ns_b);

void make_bridge(const std::string& name, const NetworkNamespace& ns);
void set_master(const std::string& name, const std::string& bridge, const NetworkNamespace& ns);  // empty: none
void rename_link(const std::string& name, const std::string& to, const NetworkNamespace& ns);
void delete_link(const std::string& name, const NetworkNamespace& ns);
void set_link_up(const std::string& name, const NetworkNamespace& ns);
void set_link_down(const std::string& name, const NetworkNamespace& ns);
void set_mac(const std::string& mac, const std::string& name, const NetworkNamespace& ns);  // "02:00:00:00:00:01"
void set_mtu(unsigned mtu, const std::string& name, const NetworkNamespace& ns);
void add_address(const std::string& address, const std::string& name, const NetworkNamespace& ns);  // "192.0.2.1/24"
// By an unreachable route: the kernel then refuses every route with that gateway. "192.0.2.254/32"
void make_unreachable(const std::string& address, const NetworkNamespace& ns);
void remove_address(const std::string& address, const std::string& name, const NetworkNamespace& ns);

}  // namespace nlinit::test
