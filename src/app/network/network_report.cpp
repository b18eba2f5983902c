// SPDX-License-Identifier: Apache-2.0
#include "app/network/network_report.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::app {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::size_t kMaxPortal = 255;  // bytes of its address that are shown

std::int64_t microseconds_since(TimePoint origin, TimePoint at) {
    return std::chrono::duration_cast<microseconds>(at - origin).count();
}

void write_time(JsonWriter& json, std::string_view name, std::optional<TimePoint> at, TimePoint origin) {
    if (at) json.key(name).thousandths(microseconds_since(origin, *at));
}

template <class Address>
void write_addresses(JsonWriter& json, const std::vector<Address>& addresses) {
    json.begin_array();
    for (const auto& address : addresses) json.value(address.to_string());
    json.end_array();
}

std::int64_t seconds_until(TimePoint from, TimePoint to) {
    return std::chrono::duration_cast<seconds>(to - from).count();
}

bool is_said_elsewhere(dhcp::OptionCode code) {
    using enum dhcp::OptionCode;
    switch (code) {
        case subnet_mask:
        case router:
        case name_server:
        case host_name:
        case domain_name:
        case interface_mtu:
        case broadcast_address:
        case static_route:
        case ntp_server:
        case lease_time:
        case server_identifier:
        case renewal_time:
        case rebinding_time:
        case client_identifier:
        case rapid_commit:
        case captive_portal:
        case domain_search:
        case classless_static_route:
            return true;
        default:
            return false;
    }
}

// What the lease brought beside what nlinit knows, by number, in hexadecimal.
void write_other_options(JsonWriter& json, const dhcp::Options& options) {
    const auto is_other = [](const dhcp::Option& option) { return !is_said_elsewhere(option.code); };
    const auto all = options.all();
    if (std::ranges::none_of(all, is_other)) return;
    json.key("other_options").begin_object();
    for (const auto& option : all) {
        if (is_other(option)) json.member(std::to_string(static_cast<int>(option.code)), to_hex(option.value));
    }
    json.end_object();
}

void write_lease(JsonWriter& json, const dhcp::Lease& lease) {
    json.key("lease").begin_object();
    json.member("server", lease.server.to_string());
    if (lease.is_infinite()) {
        json.member("infinite", true);
    } else {
        json.member("seconds", lease.duration.count());
        json.member("renew_after", seconds_until(lease.acquired_at, lease.renew_at));
        json.member("rebind_after", seconds_until(lease.acquired_at, lease.rebind_at));
    }
    if (!lease.host_name.empty()) json.member("host_name", lease.host_name);
    if (!lease.domain_name.empty()) json.member("domain_name", lease.domain_name);
    if (!lease.ntp_servers.empty()) {
        json.key("ntp_servers");
        write_addresses(json, lease.ntp_servers);
    }
    if (const auto portal = lease.options.find(dhcp::OptionCode::captive_portal))
        json.member("captive_portal", printable(std::string(portal->begin(), portal->end()), kMaxPortal));
    write_other_options(json, lease.options);
    json.end_object();
}

// As tcpdump(8) and Wireshark show it.
Bytes bytes_of(std::uint32_t xid) {
    ByteWriter out;
    out.u32(xid);
    return std::move(out).take();
}

void write_left_out(JsonWriter& json, const dhcp_io::Session& session) {
    if (session.left_out().empty()) return;
    json.key("left_out").begin_array();
    for (const auto& [route, error] : session.left_out()) {
        json.begin_object().member("route", to_string(route)).member("reason", to_string(error));
        json.member("refused", session.refusals_of(error)).end_object();
    }
    json.end_array();
}

void write_packets(JsonWriter& json, std::span<const dhcp_io::PacketTrace> packets, TimePoint origin) {
    json.key("packets").begin_array();
    for (const auto& packet : packets) {
        json.begin_object().key("ms").thousandths(microseconds_since(origin, packet.at));
        json.member("direction", packet.sent ? "sent" : "received").member("type", packet.type);
        json.member("xid", to_hex(bytes_of(packet.xid))).member("peer", packet.peer.to_string()).end_object();
    }
    json.end_array();
}

void write_dhcp(JsonWriter& json, const dhcp_io::Session& session, TimePoint origin) {
    const auto& client = session.client();
    json.key("dhcp").begin_object();
    json.member("state", name_of(client.state()));
    json.member("sent", client.messages().total_sent()).member("received", client.messages().total_received());
    if (session.from_other_ports() > 0) json.member("from_other_ports", session.from_other_ports());
    write_packets(json, session.packets(), origin);
    json.key("dropped").begin_object();
    session.drops().each([&](auto reason, auto count) { json.member(name_of(reason), count); });
    json.end_object();
    write_left_out(json, session);
    if (client.lease()) write_lease(json, *client.lease());
    json.end_object();
}

void write_until(JsonWriter& json, std::string_view name, const dhcp6::Lease& lease, TimePoint end) {
    if (end != kNever) json.member(name, seconds_until(lease.acquired_at, end));
}

void write_lease(JsonWriter& json, const dhcp6::Lease& lease) {
    json.key("lease").begin_object().member("server", lease.server.to_string());
    json.key("addresses").begin_array();
    for (const auto& leased : lease.addresses) {
        json.begin_object().member("address", leased.address.to_string());
        write_until(json, "preferred", lease, leased.preferred_until);
        write_until(json, "valid", lease, leased.valid_until);
        json.end_object();
    }
    json.end_array();
    write_until(json, "renew_after", lease, lease.renew_at);
    write_until(json, "rebind_after", lease, lease.rebind_at);
    json.end_object();
}

void write_dhcp6(JsonWriter& json, const dhcp_io::Dhcp6Session& session, TimePoint origin) {
    const auto& client = session.client();
    json.key("dhcp6").begin_object().member("state", name_of(client.state()));
    json.member("mode", session.mode() == dhcp6::Mode::stateful ? "stateful" : "stateless");
    json.member("client", session.duid().to_string());
    json.member("sent", client.messages().total_sent()).member("received", client.messages().total_received());
    write_packets(json, session.packets(), origin);
    json.key("dropped").begin_object();
    session.drops().each([&](auto reason, auto count) { json.member(name_of(reason), count); });
    json.end_object();
    if (client.lease()) write_lease(json, *client.lease());
    json.end_object();
}

// What is missing of it, and what routers have to say of DHCPv6.
void write_ipv6(JsonWriter& json, const InterfaceIpv6& ipv6) {
    const auto lack = ipv6.lack();
    json.key("ipv6").begin_object().member("usable", ipv6.is_usable());
    if (lack != Ipv6Lack::nothing) json.member("missing", name_of(lack));
    json.member("managed", ipv6.router_flags().managed).member("other", ipv6.router_flags().other).end_object();
}

}  // namespace

void write_link(JsonWriter& json, const Link& link) {
    json.member("interface", link.name).member("index", static_cast<int>(link.index));
    json.member("mac", link.mac.to_string()).member("mtu", link.mtu).member("carrier", link.carrier);
}

void write_plan(JsonWriter& json, const NetworkPlan& plan) {
    json.key("addresses").begin_array();
    for (const auto& address : plan.addresses) json.value(to_string(address));
    json.end_array();
    json.key("routes").begin_array();
    for (const auto& route : plan.routes) {
        json.begin_object().member("destination", route.destination.to_string());
        if (route.gateway) json.member("gateway", route.gateway->to_string());
        if (route.metric != 0) json.member("metric", route.metric);
        json.end_object();
    }
    json.end_array();
    json.key("name_servers");
    write_addresses(json, plan.name_servers);
    json.key("search").begin_array();
    for (const auto& domain : plan.search_domains) json.value(domain);
    json.end_array();
}

void write_interface(JsonWriter& json, const InterfaceSetup& interface, TimePoint origin) {
    json.begin_object();
    write_interface_members(json, interface, origin);
    json.end_object();
}

void write_interface_members(JsonWriter& json, const InterfaceSetup& interface, TimePoint origin) {
    if (interface.link() != nullptr) {
        write_link(json, *interface.link());
    } else {
        json.member("interface", interface.wanted().match);
    }
    json.member("progress", name_of(interface.progress()));
    json.member("summary", interface.describe());
    write_plan(json, interface.plan());
    if (interface.session()) write_dhcp(json, *interface.session(), origin);
    if (interface.ipv6()) write_ipv6(json, *interface.ipv6());
    if (interface.dhcp6_session()) write_dhcp6(json, *interface.dhcp6_session(), origin);
    json.key("timing_ms").begin_object();
    write_time(json, "appeared", interface.appeared_at(), origin);
    write_time(json, "up", interface.up_at(), origin);
    write_time(json, "carrier", interface.carrier_at(), origin);
    write_time(json, "configured", interface.configured_at(), origin);
    if (interface.ipv6()) write_time(json, "ipv6", interface.ipv6()->usable_at(), origin);
    json.end_object();
    if (!interface.failures().empty()) {
        json.key("failures").begin_array();
        for (const auto& failure : interface.failures()) json.value(to_string(failure));
        json.end_array();
    }
}

}  // namespace nlinit::app
