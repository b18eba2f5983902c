// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/config_remarks.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/plan/file_plan.hpp"

namespace nlinit::plan {

using config::Interface;
using config::Method;

bool asks_for_lease(const config::Network& network) noexcept {
    return std::ranges::find(network.interfaces, Method::dhcp, &Interface::method) != network.interfaces.end();
}

bool listens_to_routers(const config::Network& network) noexcept {
    return std::ranges::any_of(network.interfaces, [](const Interface& interface) {
        return interface.ipv6 == config::Ipv6::automatic && interface.ipv6_required;
    });
}

std::string where_to(const Interface& interface) {
    const auto is_alone = [](const InterfaceAddress& address) {
        return address.prefix_length == bits_of(address.local.family());
    };
    const bool leads_out = !interface.gateways.empty() && interface.default_route;
    for (const auto& gateway : interface.gateways) {
        if (leads_out && interface.has_address(gateway))
            return concat({"the gateway ", gateway.to_string(),
                           " is the interface's own address: everything is taken to be on the link"});
    }
    const bool is_loopback = interface.match == "lo";  // where an address is for the machine itself
    if (interface.method == Method::dhcp || interface.addresses.empty() || leads_out || !interface.routes.empty() ||
        is_loopback || !std::ranges::all_of(interface.addresses, is_alone))
        return {};
    return to_string(interface.addresses.front()) + " leads nowhere: there is no gateway, no peer and no other route";
}

namespace {

void remark_on(const Interface& interface, std::vector<std::string>& remarks) {
    const auto add = [&](const std::string& what) { append(remarks, {interface.match, ": ", what}); };
    if (auto remark = where_to(interface); !remark.empty()) add(remark);
    if (!interface.accept_routes.empty() && (interface.default_route || interface.method != Method::dhcp))
        add("accept_routes counts only where method is \"dhcp\" and default_route is false");
    if (!interface.default_route && !interface.gateways.empty())
        add(concat(
            {"the gateway ", interface.gateways.front().to_string(), " is not used where default_route is false"}));
    if (interface.optional && interface.ipv6_required)
        add("ipv6_required changes nothing for an interface that is optional: nobody waits for it");
    if (interface.mtu && *interface.mtu < kSmallestIpv6Mtu)
        add(concat({"an MTU of ", std::to_string(*interface.mtu),
                    " is less than the 1280 of RFC 8200: there is no IPv6 on that link"}));
}

// With a hand-off PID 1 is the payload, and nobody is left to do this for it, but where it could not be executed.
void remark_on_hand_off(const config::Payload& payload, std::vector<std::string>& remarks) {
    if (payload.handoff != config::Handoff::exec) return;
    const config::Payload usual;
    const auto idle = [&](const char* key, bool is_set) {
        if (is_set)
            remarks.push_back(
                concat({"payload.", key,
                        " counts with handoff = \"exec\" only until the payload runs: then it is PID 1 itself"}));
    };
    idle("restart", payload.restart != usual.restart);
    idle("on_exit", payload.on_exit != usual.on_exit);
    idle("stop_signal", payload.stop_signal != usual.stop_signal);
    idle("stop_timeout", payload.stop_timeout != usual.stop_timeout);
    if (payload.capabilities)
        remarks.emplace_back(
            "payload.capabilities is not obeyed with handoff = \"exec\": a PID 1 that did not become the payload would "
            "have lost them too");
}

bool may_lead_out(const Interface& interface) {
    return interface.default_route && (interface.method == Method::dhcp || !interface.gateways.empty());
}

// The kernel replaces a default route by one of the same metric, whatever interface that leads to.
void remark_on_metrics(const std::vector<Interface>& interfaces, std::vector<std::string>& remarks) {
    for (auto row = interfaces.begin(); row != interfaces.end(); ++row) {
        if (row->metric == 0 || !may_lead_out(*row)) continue;
        const auto same = std::find_if(interfaces.begin(), row, [&](const Interface& other) {
            return other.metric == row->metric && may_lead_out(other);
        });
        if (same == row) continue;
        append(remarks, {row->match, ": the metric ", std::to_string(row->metric), " is that of ", same->match,
                         " too: of their default routes only one is there at a time"});
    }
}

void remark_on_names(const config::Config& config, std::vector<std::string>& remarks) {
    const auto& network = config.network;
    const bool has_names = !network.name_servers.empty() || !network.search_domains.empty();
    const bool is_own = has_row(config, kResolvConfPath);
    const bool may_be_told = network.dns_from_lease && (asks_for_lease(network) || listens_to_routers(network));
    if (has_names && is_own) {
        remarks.emplace_back("the name servers and search domains are not used: a row of the config is " +
                             std::string(kResolvConfPath));
    } else if (!network.search_domains.empty() && network.name_servers.empty() && !may_be_told) {
        remarks.emplace_back("network.search is not used: there are no name servers to be written beside it");
    }
    if (network.dns_from_lease && network.name_servers.empty() && !network.interfaces.empty() &&
        !asks_for_lease(network) && !listens_to_routers(network) && !is_own)
        remarks.emplace_back(
            "there are no name servers: no interface asks for a lease, and neither ip=, nameserver= nor network.dns "
            "names one");
}

}  // namespace

std::vector<std::string> config_remarks(const config::Config& config) {
    std::vector<std::string> remarks;
    const auto& network = config.network;
    for (const auto& interface : network.interfaces) {
        remark_on(interface, remarks);
        const auto& dhcp = interface.dhcp ? *interface.dhcp : network.dhcp;
        if (interface.method == Method::dhcp && dhcp.ipv6_only && interface.ipv6 == config::Ipv6::none)
            remarks.push_back(
                interface.match +
                ": ipv6_only is not obeyed with ipv6 = \"none\": without IPv4 there would be nothing left");
    }
    remark_on_metrics(network.interfaces, remarks);
    remark_on_hand_off(config.payload, remarks);
    if (!config.system.cgroup && (config.payload.memory_max || config.payload.pids_max))
        remarks.emplace_back("payload.memory_max and pids_max need system.cgroup = true: there is no limit");
    if (!config.debug_shell.wanted && !config.debug_shell.tty.empty())
        remarks.emplace_back("debug.tty counts only where debug.shell is wanted");
    remark_on_names(config, remarks);
    return remarks;
}

}  // namespace nlinit::plan
