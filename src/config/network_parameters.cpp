#include "network_parameters.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/base/text.hpp"
#include "nlinit/config/complaint.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
void NetworkParameters::ip(std::string_view value, std::vector<std::string>& warnings) {
    auto parameter = parse_ip_parameter(value, warnings);
    ip_given_ = true;
    if (parameter.off) {
        std::erase_if(interfaces_, [&](const auto& row) { return row.match == parameter.interface.match; });
    } else {
        add_interface(std::move(parameter.interface));
    }
    if (!parameter.hostname.empty()) hostname_ = std::move(parameter.hostname);
    name_servers_.insert(name_servers_.end(), parameter.name_servers.begin(), parameter.name_servers.end());
    if (!parameter.name_servers.empty()) name_server_parameter_ = "ip";
}

// Two static ip= of one interface give it two addresses; otherwise the last one wins.
void NetworkParameters::add_interface(Interface interface) {
    const auto found = std::ranges::find(interfaces_, interface.match, &Interface::match);
    if (found == interfaces_.end()) {
        interfaces_.push_back(std::move(interface));
        return;
    }
    if (found->method == Method::fixed && interface.method == Method::fixed) {
        interface.addresses.insert(interface.addresses.begin(), found->addresses.begin(), found->addresses.end());
        interface.routes.insert(interface.routes.begin(), found->routes.begin(), found->routes.end());
        if (!interface.gateway) interface.gateway = found->gateway;
        if (!interface.mtu) interface.mtu = found->mtu;
        if (!interface.mac) interface.mac = found->mac;
    }
    *found = std::move(interface);
}

std::string_view NetworkParameters::name_server(std::string_view value) {
    const auto server = NameServer::parse(value);
    if (!server) return "an IPv4 address";
    name_servers_.push_back(*server);
    name_server_parameter_ = "nameserver";
    return {};
}

std::string_view NetworkParameters::dns(std::string_view value) {
    constexpr std::string_view kWanted = "lease, or IPv4 addresses with commas between them";
    std::vector<NameServer> servers;
    const bool from_lease = value == "lease";
    while (!from_lease && !value.empty()) {
        const auto server = NameServer::parse(take_field(value, ','));
        if (!server) return kWanted;
        servers.push_back(*server);
    }
    if (!from_lease && servers.empty()) return kWanted;
    dns_from_lease_ = from_lease;
    dns_servers_ = std::move(servers);
    return {};
}

// dracut.cmdline(7): NET/LENGTH:GATEWAY[:INTERFACE]; without a gateway the network is on the link.
std::string_view NetworkParameters::route(std::string_view value) {
    constexpr std::string_view kWanted = "NET/LENGTH:GATEWAY[:INTERFACE]";
    if (value.find(':') == std::string_view::npos) return kWanted;
    const auto destination = Prefix::parse(take_field(value, ':'));
    const auto gateway_text = take_field(value, ':');
    const auto gateway = parse_host_address(gateway_text);
    if (!destination || (!gateway && !gateway_text.empty())) return kWanted;
    routes_.push_back({{.destination = *destination, .gateway = gateway, .source = {}, .metric = 0}, value});
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
    sources.insert_or_assign("network.dns", source_of_parameter(parameter));
    network.dns_from_lease = *dns_from_lease_;
    if (!dns_servers_.empty()) network.name_servers = std::move(dns_servers_);
}

void NetworkParameters::apply_interfaces(Config& config, Sources& sources) {
    const auto source = source_of_parameter("ip");
    if (ip_given_) {
        forget_rows(sources, "network.interface");
        for (const auto& interface : interfaces_)
            sources.insert_or_assign(row_key("network.interface", interface.match), source);
        if (interfaces_.empty()) sources.insert_or_assign("network.interface", source);  // that there is none
        config.network.interfaces = std::move(interfaces_);
    }
    if (hostname_.empty()) return;
    config.system.hostname = std::move(hostname_);
    sources.insert_or_assign("system.hostname", source);
}

// The same device may then be named twice: the rows become one as they would have at once.
void NetworkParameters::resolve_devices(std::vector<std::string>& warnings) {
    for (auto& interface : std::exchange(interfaces_, {})) {
        interface.match = dracut_.device(std::move(interface.match), warnings);
        add_interface(std::move(interface));
    }
}

void NetworkParameters::finish(Config& config, Sources& sources, std::vector<std::string>& warnings) {
    resolve_devices(warnings);
    apply_interfaces(config, sources);
    dracut_.finish(config.network, sources, warnings);
    apply_name_servers(config.network, sources);
    auto& interfaces = config.network.interfaces;
    for (auto& [route, written] : routes_) {
        const auto name = dracut_.device(std::string(written), warnings);
        auto interface = interfaces.begin();
        if (!name.empty()) interface = std::ranges::find(interfaces, name, &Interface::match);
        if (interface != interfaces.end()) {
            interface->routes.push_back(route);
            sources.insert_or_assign(row_key(row_key("network.interface", interface->match), to_string(route)),
                                     source_of_parameter("rd.route"));
        } else {
            warnings.push_back("rd.route=: " + to_string(route) + " is not used: no interface " +
                               in_quotes(name.empty() ? "primary" : name) + " is configured");
        }
    }
}

}  // namespace nlinit::config
