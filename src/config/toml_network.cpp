// SPDX-License-Identifier: Apache-2.0
// [network] and [[network.interface]]
#include <algorithm>
#include <set>

#include "nlinit/base/complaint.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

constexpr std::string_view kWantedGateway = "the address of a gateway";

void read_route(TableReader& row, std::vector<Route>& routes) {
    Route route;
    const bool has_destination = row.require(
        row.read("to", route.destination, IpPrefix::parse, "a network such as \"10.1.0.0/16\" or \"2001:db8:1::/48\""),
        "to");
    const bool gateway_wanted = row.find("via") != nullptr;
    const bool has_gateway = row.read("via", route.gateway, parse_host_address, kWantedGateway);
    row.read("metric", route.metric);
    if (!has_destination || has_gateway != gateway_wanted) return;
    if (route.gateway && route.gateway->family() != route.family()) {
        row.complain(row.at(), "'to' and 'via' must be of one family");
        return;
    }
    routes.push_back(route);
}

void read_gateways(TableReader& row, std::vector<IpAddress>& gateways) {
    std::vector<IpAddress> named;
    row.read_list("gateway", named, parse_host_address, kWantedGateway);
    for (const auto& gateway : named) {
        if (std::ranges::find(gateways, gateway.family(), &IpAddress::family) == gateways.end()) {
            gateways.push_back(gateway);
        } else {
            row.complain(row.at(), {"'gateway' has a second one of its family, ", gateway.to_string(), ","});
        }
    }
}

// A fixed address without a word of IPv6 is all of it that is wanted. Who asks for IPv6 and no IPv4 waits for it.
void read_ipv6(TableReader& row, Interface& interface) {
    const bool is_clear = row.read("ipv6", interface.ipv6, kIpv6Words);
    interface.ipv6_written = is_clear;
    const bool is_alone = is_clear && interface.ipv6 == Ipv6::automatic && interface.method == Method::none;
    if (!row.read("ipv6_required", interface.ipv6_required)) interface.ipv6_required = is_alone;
    const bool has_address = interface.has_address_of(Family::kIpv6);
    if (!is_clear && has_address) interface.ipv6 = Ipv6::fixed;
    if (interface.ipv6 == Ipv6::none && interface.ipv6_required)
        row.complain(row.at(), "'ipv6_required' and ipv6 = \"none\" contradict each other");
    if (interface.ipv6 == Ipv6::fixed && !has_address)
        row.complain(row.at(), "ipv6 \"static\" needs an 'address' of IPv6");
    if (interface.ipv6 != Ipv6::none || !has_address) return;
    row.complain(row.at(), "'address' has one of IPv6, and ipv6 is \"none\",");
    std::erase_if(interface.addresses, [](const auto& address) { return address.local.family() == Family::kIpv6; });
}

// Of IPv6 the kernel would take it, and nothing would ever leave by it.
void check_ways(TableReader& row, Interface& interface, bool method_clear) {
    const auto leads_nowhere = [&](Family family, const std::string& what) {
        const bool is_leased = family == Family::kIpv4 && (interface.method == Method::dhcp || !method_clear);
        if (is_leased || interface.has_address_of(family)) return false;
        row.complain(row.at(), what + " needs an 'address' of its family");
        return true;
    };
    const auto is_none = [&](const IpAddress& gateway) {
        const auto fault = fault_of_gateway(gateway, interface.addresses);
        if (!fault.empty()) row.complain(row.at(), fault);
        return !fault.empty();
    };
    std::erase_if(interface.gateways, [&](const IpAddress& gateway) {
        return leads_nowhere(gateway.family(), "the gateway " + gateway.to_string()) || is_none(gateway);
    });
    std::erase_if(interface.routes, [&](const Route& route) {
        return leads_nowhere(route.family(), "the route " + to_string(route)) ||
               (route.gateway && is_none(*route.gateway));
    });
}

// Whether the interface can be used with what is left of it.
bool check_addresses(TableReader& row, const Interface& interface, bool method_clear, bool address_missing) {
    const bool of_ipv4 = interface.has_address_of(Family::kIpv4) || interface.gateway_of(Family::kIpv4);
    if (interface.method == Method::fixed && address_missing) {
        row.complain(row.at(), "method \"static\" needs an 'address'");
    } else if (method_clear && interface.method != Method::fixed && of_ipv4) {
        row.complain(row.at(), "'address' and 'gateway' of IPv4 need method = \"static\"");
    }
    return interface.method != Method::fixed || !interface.addresses.empty();
}

// What only one interface can have.
struct Taken {
    std::set<std::string> matches, lease_files;
};

// Without %i the second client would find the first one's lease, and each would write over the other's.
void check_lease_file(TableReader& row, const Dhcp& common, Interface& interface, Taken& taken) {
    const auto& path = interface.dhcp ? interface.dhcp->lease_file : common.lease_file;
    if (interface.method != Method::dhcp || path.empty() || path.find("%i") != std::string::npos) return;
    const bool several = kind_of(interface.match) == MatchKind::glob && !interface.fits_one_link();
    if (taken.lease_files.insert(path).second && !several) return;
    row.complain(row.at(), {"lease_file ", in_quotes(path), " would be shared: it needs %i, the interface's name,"});
    if (!interface.dhcp) interface.dhcp = common;
    interface.dhcp->lease_file.clear();
}

// Whether its [network.interface.dhcp] has settings that no DHCP client of the interface uses, DHCPv6's included.
bool has_idle_dhcp(const Interface& interface, const Dhcp& common) {
    if (interface.method == Method::dhcp || !interface.dhcp) return false;
    auto own = *interface.dhcp;
    if (interface.ipv6 == Ipv6::automatic) {
        own.rapid_commit = common.rapid_commit;
        own.release = common.release;
        own.start_delay = common.start_delay;
    }
    // A fixed address of IPv6 is looked for on the link as a leased one is.
    if (interface.has_address_of(Family::kIpv6)) own.conflict_detection = common.conflict_detection;
    return own != common;
}

void read_interface(TableReader& row, const Dhcp& common, std::vector<Interface>& interfaces, Taken& taken) {
    Interface interface;
    const bool match_named = row.find("match") != nullptr;
    const bool matched = row.read("match", interface.match, parse_interface_match,
                                  "\"primary\", a name, a glob such as \"eth*\", or a MAC address");
    const bool method_named = row.find("method") != nullptr;
    const bool method_clear = row.read("method", interface.method, kMethodWords) == method_named;
    const bool addresses_refused = row.find("address") != nullptr &&
                                   !row.read_list("address", interface.addresses, parse_interface_address,
                                                  "a host's address with its prefix length, such as \"10.0.0.2/24\" or "
                                                  "\"2001:db8::2/64\", or a list of such");
    const bool address_missing = interface.addresses.empty() && !addresses_refused;
    read_gateways(row, interface.gateways);
    read_ipv6(row, interface);
    row.rows("routes", [&](TableReader& route) { read_route(route, interface.routes); });
    std::uint16_t mtu = 0;
    if (row.read("mtu", mtu, kMinMtu)) interface.mtu = mtu;
    row.read("mac", interface.mac, parse_station, "the MAC address of one host, such as \"52:54:00:12:34:56\"");
    row.read("default_route", interface.default_route);
    row.read_list("accept_routes", interface.accept_routes, parse_part_of_everything,
                  "a network such as \"10.0.0.0/8\", or a list of such");
    row.read("optional", interface.optional);
    row.read("metric", interface.metric);
    read_sysctls(row, interface.sysctl);
    row.table("dhcp", [&](TableReader& table) { read_dhcp(table, interface.dhcp.emplace(common)); });
    if (!check_addresses(row, interface, method_clear, address_missing) || matched != match_named) return;
    if (!taken.matches.insert(interface.match).second) {
        row.complain(row.at(), "second row with match = " + in_quotes(interface.match));
        return;
    }
    row.name_row(interface.match);
    if (method_clear && has_idle_dhcp(interface, common)) row.complain(row.at(), "'dhcp' needs method = \"dhcp\"");
    check_ways(row, interface, method_clear);
    check_lease_file(row, common, interface, taken);
    interfaces.push_back(std::move(interface));
}

// When no row can be used, the interfaces of the profile are more than none.
void read_interfaces(TableReader& table, Network& network) {
    std::vector<Interface> interfaces;
    Taken taken;
    bool any_row = false;
    const bool there = table.rows("interface", [&](TableReader& row) {
        any_row = true;
        read_interface(row, network.dhcp, interfaces, taken);
    });
    if (there && (!any_row || !interfaces.empty())) network.interfaces = std::move(interfaces);
}

void read_dns(TableReader& table, Network& network) {
    const auto* value = table.find("dns");
    if (value == nullptr) return;
    const auto* text = std::get_if<std::string>(&value->content);
    if (text != nullptr && *text == "lease") {
        network.dns_from_lease = true;
    } else if (table.read_list("dns", network.name_servers, NameServer::parse,
                               "\"lease\", or the address of a name server, or a list of such")) {
        network.dns_from_lease = false;
    }
}

}  // namespace

void read_network(TableReader& table, Network& network) {
    table.read("wait", network.wait);
    table.read("timeout", network.timeout, parse_duration, kWantedDuration);
    table.read("link_timeout", network.link_timeout, parse_duration, kWantedDuration);
    read_dns(table, network);
    table.read_list("search", network.search_domains, parse_domain, "the name of a domain, or a list of such");
    table.table("dhcp", [&](TableReader& dhcp) { read_dhcp(dhcp, network.dhcp); });
    read_interfaces(table, network);
}

}  // namespace nlinit::config
