// SPDX-License-Identifier: Apache-2.0
#include "support/veth.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/route.h>
#include <sys/socket.h>

#include <memory>
#include <stdexcept>

#include "support/libnl.hpp"

namespace nlinit::test {

namespace {

using Socket = std::unique_ptr<nl_sock, NlDeleter<nl_socket_free>>;
using Link = std::unique_ptr<rtnl_link, NlDeleter<rtnl_link_put>>;
using LinkAddress = std::unique_ptr<rtnl_addr, NlDeleter<rtnl_addr_put>>;
using Address = std::unique_ptr<nl_addr, NlDeleter<nl_addr_put>>;

// Stays in the namespace in which it was opened.
Socket open_socket(const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    Socket socket(nl_socket_alloc());
    require_netlink(nl_connect(socket.get(), NETLINK_ROUTE), "open a netlink socket");
    return socket;
}

int index_of(const std::string& name, const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    const unsigned index = ::if_nametoindex(name.c_str());
    if (index == 0) throw std::runtime_error("there is no link " + name);
    return static_cast<int>(index);
}

Link link_named(const std::string& name, const NetworkNamespace& ns) {
    Link link(rtnl_link_alloc());
    rtnl_link_set_ifindex(link.get(), index_of(name, ns));
    return link;
}

void change(const Link& change, const std::string& name, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    const auto link = link_named(name, ns);
    require_netlink(rtnl_link_change(socket.get(), link.get(), change.get(), 0), "change " + name);
}

Address parse(const std::string& text, int family) {
    nl_addr* address = nullptr;
    require_netlink(nl_addr_parse(text.c_str(), family, &address), "parse " + text);
    return Address(address);
}

LinkAddress address_on(const std::string& name, const std::string& address, const NetworkNamespace& ns) {
    const auto local = parse(address, AF_UNSPEC);
    LinkAddress object(rtnl_addr_alloc());
    rtnl_addr_set_ifindex(object.get(), index_of(name, ns));
    require_netlink(rtnl_addr_set_local(object.get(), local.get()), "take " + address);
    return object;
}

}  // namespace

void make_veth(const std::string& name_a, const NetworkNamespace& ns_a, const std::string& name_b,
               const NetworkNamespace& ns_b) {
    const auto socket = open_socket(ns_a);
    const Link near(rtnl_link_veth_alloc());
    const Link far(rtnl_link_veth_get_peer(near.get()));
    rtnl_link_set_name(near.get(), name_a.c_str());
    rtnl_link_set_name(far.get(), name_b.c_str());
    rtnl_link_set_ns_fd(far.get(), ns_b.fd());
    require_netlink(rtnl_link_add(socket.get(), near.get(), NLM_F_CREATE | NLM_F_EXCL),
                    "make veth " + name_a + ", " + name_b);
}

void make_bridge(const std::string& name, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    const Link bridge(rtnl_link_alloc());
    require_netlink(rtnl_link_set_type(bridge.get(), "bridge"), "make a bridge");
    rtnl_link_set_name(bridge.get(), name.c_str());
    require_netlink(rtnl_link_add(socket.get(), bridge.get(), NLM_F_CREATE | NLM_F_EXCL), "make bridge " + name);
}

void set_master(const std::string& name, const std::string& bridge, const NetworkNamespace& ns) {
    const Link port(rtnl_link_alloc());
    rtnl_link_set_master(port.get(), bridge.empty() ? 0 : index_of(bridge, ns));
    change(port, name, ns);
}

void rename_link(const std::string& name, const std::string& to, const NetworkNamespace& ns) {
    const Link renamed(rtnl_link_alloc());
    rtnl_link_set_name(renamed.get(), to.c_str());
    change(renamed, name, ns);
}

void delete_link(const std::string& name, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    require_netlink(rtnl_link_delete(socket.get(), link_named(name, ns).get()), "delete " + name);
}

void set_link_up(const std::string& name, const NetworkNamespace& ns) {
    const Link up(rtnl_link_alloc());
    rtnl_link_set_flags(up.get(), IFF_UP);
    change(up, name, ns);
}

void set_link_down(const std::string& name, const NetworkNamespace& ns) {
    const Link down(rtnl_link_alloc());
    rtnl_link_unset_flags(down.get(), IFF_UP);
    change(down, name, ns);
}

void set_mac(const std::string& mac, const std::string& name, const NetworkNamespace& ns) {
    const auto address = parse(mac, AF_LLC);
    const Link renumbered(rtnl_link_alloc());
    rtnl_link_set_addr(renumbered.get(), address.get());
    change(renumbered, name, ns);
}

void set_mtu(unsigned mtu, const std::string& name, const NetworkNamespace& ns) {
    const Link resized(rtnl_link_alloc());
    rtnl_link_set_mtu(resized.get(), mtu);
    change(resized, name, ns);
}

void add_address(const std::string& address, const std::string& name, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    const auto added = address_on(name, address, ns);
    require_netlink(rtnl_addr_add(socket.get(), added.get(), 0), "add " + address + " to " + name);
}

void remove_address(const std::string& address, const std::string& name, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    const auto removed = address_on(name, address, ns);
    require_netlink(rtnl_addr_delete(socket.get(), removed.get(), 0), "remove " + address + " from " + name);
}

void make_unreachable(const std::string& address, const NetworkNamespace& ns) {
    const auto socket = open_socket(ns);
    nl_addr* parsed = nullptr;
    require_netlink(nl_addr_parse(address.c_str(), AF_INET, &parsed), "parse " + address);
    const Address destination(parsed);
    const std::unique_ptr<rtnl_route, NlDeleter<rtnl_route_put>> route(rtnl_route_alloc());
    rtnl_route_set_dst(route.get(), destination.get());
    rtnl_route_set_type(route.get(), RTN_UNREACHABLE);
    rtnl_route_set_scope(route.get(), RT_SCOPE_LINK);
    require_netlink(rtnl_route_add(socket.get(), route.get(), NLM_F_CREATE), "make " + address + " unreachable");
}

}  // namespace nlinit::test
