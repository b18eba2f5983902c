// SPDX-License-Identifier: Apache-2.0
#include "network_parameters.hpp"

#include <algorithm>
#include <utility>

#include "ip_fields.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
namespace {

// Beside an address the one before it stays; a way out and what else there is one of is the last one's.
void keep_what_was_before(const Interface& before, Interface& interface) {
    interface.addresses.insert(interface.addresses.begin(), before.addresses.begin(), before.addresses.end());
    interface.routes.insert(interface.routes.begin(), before.routes.begin(), before.routes.end());
    for (const auto& gateway : before.gateways) {
        if (!interface.gateway_of(gateway.family())) interface.gateways.push_back(gateway);
    }
    if (!interface.mtu) interface.mtu = before.mtu;
    if (!interface.mac) interface.mac = before.mac;
}

// What `before` has and `interface` drops, in words; empty when it drops nothing.
std::string what_is_replaced(const Interface& before, const Interface& interface, bool is_kept) {
    if (!is_kept && before != interface && !before.addresses.empty()) return to_string(before.addresses.front());
    for (const auto& gateway : before.gateways) {
        if (interface.gateway_of(gateway.family()) != gateway) return "the gateway " + gateway.to_string();
    }
    if (before.method == Method::dhcp && interface.method != Method::dhcp) return "DHCP";
    if (before.ipv6_required && !interface.ipv6_required) return before.asks_dhcp6 ? "DHCPv6" : "IPv6";
    if (before.mtu && interface.mtu != before.mtu) return "the MTU " + std::to_string(*before.mtu);
    return before.mac && interface.mac != before.mac ? "the MAC address " + before.mac->to_string() : "";
}

std::string not_used(const std::string& match, const std::string& what) {
    return concat({"ip=: of the two of ", match, " the last one counts: ", what, " of the first is not used"});
}

// [NET/LENGTH] or [NET]/LENGTH.
std::optional<IpPrefix> network_in(std::string_view field) {
    std::string text(field);
    if (text.starts_with('[')) std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
    return IpPrefix::parse(text);
}

}  // namespace

void NetworkParameters::ip(std::string_view value, std::vector<std::string>& warnings) {
    auto parameter = parse_ip_parameter(value, warnings);
    ip_given_ = true;
    if (parameter.off) {
        const bool is_all = parameter.interface.match == Interface().match;  // of no device: nothing is configured
        std::erase_if(rows_, [&](const Row& row) {
            const bool is_off = is_all || row.interface.match == parameter.interface.match;
            const auto unused = is_off ? what_is_replaced(row.interface, parameter.interface, false) : std::string();
            if (!unused.empty()) warnings.push_back(not_used(row.interface.match, unused));
            return is_off;
        });
    } else {
        const bool of_ipv4 = parameter.family == Family::kIpv4;
        add_interface({std::move(parameter.interface), of_ipv4, !of_ipv4}, warnings);
    }
    if (!parameter.hostname.empty()) hostname_ = std::move(parameter.hostname);
    name_servers_.insert(name_servers_.end(), parameter.name_servers.begin(), parameter.name_servers.end());
    if (!parameter.name_servers.empty()) name_server_parameter_ = "ip";
}

// Two ip= of one interface with an address each give it both, and one of each family is both of them; otherwise the
// last one wins.
void NetworkParameters::add_interface(Row row, std::vector<std::string>& warnings) {
    const auto same = [&](const Row& other) { return other.interface.match == row.interface.match; };
    const auto found = std::ranges::find_if(rows_, same);
    if (found == rows_.end()) {
        rows_.push_back(std::move(row));
        return;
    }
    auto& interface = row.interface;
    const auto& before = found->interface;
    const bool both_fixed = !interface.addresses.empty() && !before.addresses.empty();
    const bool other_family = (found->ipv4 && !row.ipv4) || (found->ipv6 && !row.ipv6);
    if (other_family && !row.ipv4) interface.method = before.method;
    if (other_family && !row.ipv6) {
        interface.ipv6 = before.ipv6;
        interface.ipv6_required = before.ipv6_required;
        interface.asks_dhcp6 = before.asks_dhcp6;
    }
    if (both_fixed || other_family) {
        keep_what_was_before(before, interface);
        row.ipv4 |= found->ipv4;
        row.ipv6 |= found->ipv6;
    }
    const auto unused = what_is_replaced(before, interface, both_fixed || other_family);
    if (!unused.empty()) warnings.push_back(not_used(interface.match, unused));
    *found = std::move(row);
}

std::string_view NetworkParameters::name_server(std::string_view value) {
    const auto server = NameServer::parse(without_brackets(value));
    if (!server) return "an address";
    name_servers_.push_back(*server);
    name_server_parameter_ = "nameserver";
    return {};
}

std::string_view NetworkParameters::dns(std::string_view value) {
    constexpr std::string_view kWanted = "lease, or addresses with commas between them";
    std::vector<NameServer> servers;
    const bool from_lease = value == "lease";
    while (!from_lease && !value.empty()) {
        const auto server = NameServer::parse(without_brackets(take_field(value, ',')));
        if (!server) return kWanted;
        servers.push_back(*server);
    }
    if (!from_lease && servers.empty()) return kWanted;
    dns_from_lease_ = from_lease;
    dns_servers_ = std::move(servers);
    return {};
}

// dracut.cmdline(7): NET/LENGTH:GATEWAY[:INTERFACE], of IPv6 in brackets: [NET/LENGTH]:[GATEWAY]. Without a gateway the
// network is on the link.
std::string_view NetworkParameters::route(std::string_view value) {
    constexpr std::string_view kWanted = "NET/LENGTH:GATEWAY[:INTERFACE], of IPv6 [NET/LENGTH]:[GATEWAY]";
    const auto fields = split_fields(value);
    if (fields.empty() || value.substr(fields[0].size()).empty()) return kWanted;
    const auto destination = network_in(fields[0]);
    const auto gateway_text = without_brackets(fields.size() > 1 ? fields[1] : std::string_view());
    const auto gateway = parse_host_address(gateway_text);
    if (!destination || (!gateway && !gateway_text.empty())) return kWanted;
    if (gateway && gateway->family() != destination->family()) return kWanted;
    const auto interface = fields.size() > 2 ? value.substr(static_cast<std::size_t>(fields[2].data() - value.data()))
                                             : std::string_view();
    routes_.push_back({{.destination = *destination, .gateway = gateway}, interface});
    return {};
}

// nlinit.dns= says all; otherwise those of ip= and nameserver= are used together.
void NetworkParameters::apply_name_servers(Network& network, Sources& sources) {
    std::string_view parameter = "nlinit.dns";
    if (!dns_from_lease_ && !name_servers_.empty()) {
        dns_from_lease_ = false;
        dns_servers_ = std::move(name_servers_);
        parameter = name_server_parameter_;
    }
    if (!dns_from_lease_ && !dracut_.lease_names_dns() && network.dns_from_lease) {
        dns_from_lease_ = false;
        parameter = "rd.peerdns";
    }
    if (!dns_from_lease_) return;
    credit(sources, "network.dns", parameter);
    network.dns_from_lease = *dns_from_lease_;
    if (!dns_servers_.empty()) network.name_servers = std::move(dns_servers_);
}

void NetworkParameters::apply_interfaces(Config& config, Sources& sources) {
    const auto source = source_of_parameter("ip");
    if (ip_given_) {
        forget_rows(sources, "network.interface");
        config.network.interfaces.clear();
        for (auto& row : std::exchange(rows_, {})) {
            sources.insert_or_assign(row_key("network.interface", row.interface.match), source);
            config.network.interfaces.push_back(std::move(row.interface));
        }
        if (config.network.interfaces.empty()) sources.insert_or_assign("network.interface", source);  // that is all
    }
    if (hostname_.empty()) return;
    config.system.hostname = std::move(hostname_);
    sources.insert_or_assign("system.hostname", source);
}

// The same device may then be named twice: the rows become one as they would have at once.
void NetworkParameters::resolve_devices(std::vector<std::string>& warnings) {
    for (auto& row : std::exchange(rows_, {})) {
        row.interface.match = dracut_.device(std::move(row.interface.match), warnings);
        add_interface(std::move(row), warnings);
    }
}

namespace {

// Whether the interface has, or will have, an address of the route's family.
bool leads_to(const Route& route, const Interface& interface) {
    const bool is_leased = route.family() == Family::kIpv4 && interface.method == Method::dhcp;
    return is_leased || interface.has_address_of(route.family());
}

// That of a route that names none: whose network the gateway is in, or else the first that can have it.
std::vector<Interface>::iterator row_for(const Route& route, std::vector<Interface>& interfaces) {
    const auto has_gateway = [&](const Interface& interface) {
        return route.gateway && std::ranges::any_of(interface.addresses, [&](const InterfaceAddress& address) {
                   return address.prefix().contains(*route.gateway);
               });
    };
    if (const auto found = std::ranges::find_if(interfaces, has_gateway); found != interfaces.end()) return found;
    const auto can_have = [&](const Interface& interface) { return leads_to(route, interface); };
    const auto found = std::ranges::find_if(interfaces, can_have);
    return found != interfaces.end() ? found : interfaces.begin();
}

}  // namespace

void NetworkParameters::finish(Config& config, Sources& sources, std::vector<std::string>& warnings) {
    resolve_devices(warnings);
    apply_interfaces(config, sources);
    dracut_.finish(config.network, sources, warnings);
    apply_name_servers(config.network, sources);
    auto& interfaces = config.network.interfaces;
    for (auto& [route, written] : routes_) {
        const auto match = parse_interface_match(written);  // a MAC address as that of a row is written
        const auto name = dracut_.device(match.value_or(std::string(written)), warnings);
        const auto interface =
            name.empty() ? row_for(route, interfaces) : std::ranges::find(interfaces, name, &Interface::match);
        if (interface != interfaces.end() && !leads_to(route, *interface)) {
            append(warnings, {"rd.route=: ", to_string(route), " is not used: ", interface->match,
                              " has no address of its family"});
        } else if (const auto fault = interface != interfaces.end() && route.gateway
                                          ? fault_of_gateway(*route.gateway, interface->addresses)
                                          : std::string();
                   !fault.empty()) {
            append(warnings, {"rd.route=: ", to_string(route), " is not used: ", fault});
        } else if (interface != interfaces.end()) {
            interface->routes.push_back(route);
            credit(sources, row_key(row_key("network.interface", interface->match), to_string(route)), "rd.route");
        } else {
            append(warnings, {"rd.route=: ", to_string(route), " is not used: no interface ",
                              in_quotes(name.empty() ? "primary" : name), " is configured"});
        }
    }
}

}  // namespace nlinit::config
