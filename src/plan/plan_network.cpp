// SPDX-License-Identifier: Apache-2.0
// The network's part of plan_text().
#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/plan/config_remarks.hpp"
#include "plan_lines.hpp"

namespace nlinit::plan {
namespace {

using config::Dhcp;
using config::Interface;
using config::Network;

void add_to(std::string& list, std::string_view value) {
    if (!list.empty()) list += ", ";
    list += value;
}

template <class Address>
std::string list_of(const std::vector<Address>& addresses) {
    std::string list;
    for (const auto& address : addresses) add_to(list, address.to_string());
    return list;
}

std::string list_of(const std::vector<std::uint8_t>& numbers) {
    std::string list;
    for (const auto number : numbers) add_to(list, std::to_string(number));
    return list;
}

template <class Value>
struct Setting {
    std::string_view key;
    Value Dhcp::*value;
};
constexpr std::array<Setting<bool>, 6> kSwitches{{{"rapid_commit", &Dhcp::rapid_commit},
                                                  {"broadcast", &Dhcp::broadcast},
                                                  {"release", &Dhcp::release},
                                                  {"use_hostname", &Dhcp::use_hostname},
                                                  {"ipv6_only", &Dhcp::ipv6_only},
                                                  {"ms_routes", &Dhcp::ms_routes}}};
constexpr std::array<Setting<std::string>, 4> kTexts{{{"hostname", &Dhcp::hostname},
                                                      {"vendor_class", &Dhcp::vendor_class},
                                                      {"user_class", &Dhcp::user_class},
                                                      {"lease_file", &Dhcp::lease_file}}};

// Every setting that somebody set. parent: the key of what the table is in.
void add_dhcp(const Dhcp& dhcp, std::string_view parent, PlanLines& lines) {
    const auto add = [&](std::string_view key, std::string_view value) {
        std::string label = "dhcp ";
        std::string whole(parent);
        lines.item_if_set(label.append(key).append(": "), value, whole.append("dhcp.").append(key));
    };
    for (const auto& [key, value] : kTexts) add(key, dhcp.*value);
    for (const auto& [key, value] : kSwitches) add(key, dhcp.*value ? "yes" : "no");
    add("client_id", dhcp.send_client_id ? to_hex(dhcp.client_id) : "none");
    add("request", list_of(dhcp.request));
    add("allow", list_of(dhcp.allow));
    add("deny", list_of(dhcp.deny));
    add("start_delay", config::duration_text(dhcp.start_delay));
    if (dhcp.fallback_lease) add("fallback_lease", config::duration_text(*dhcp.fallback_lease));
    add("acd", word_of_value(dhcp.conflict_detection, config::kConflictDetectionWords));
}

void add_interface(const Interface& interface, PlanLines& lines) {
    const auto row = config::row_key("network.interface", interface.match);
    std::string method(word_of_value(interface.method, config::kMethodWords));
    if (interface.optional) method += ", optional";
    lines.item(interface.match, method.insert(0, ": "), row);
    lines.row(row);
    for (const auto& address : interface.addresses) lines.item("address ", to_string(address), "address");
    for (const auto& gateway : interface.gateways) lines.item("gateway ", gateway.to_string(), "gateway");
    const auto ipv6 = word_of_value(interface.ipv6, config::kIpv6Words);
    const bool is_usual = interface.ipv6 == config::Ipv6::automatic && interface.method != config::Method::none;
    is_usual ? lines.item_if_set("ipv6 ", ipv6, "ipv6") : lines.item("ipv6 ", ipv6, "ipv6");
    if (interface.ipv6_required) lines.item("ipv6 is required", {}, "ipv6_required");
    if (interface.asks_dhcp6) lines.item("an address by DHCPv6", {}, {});
    for (const auto& route : interface.routes) {
        const auto text = to_string(route);
        lines.item("route ", text, config::row_key({}, text));
    }
    if (!interface.default_route) lines.item("no default route", {}, "default_route");
    for (const auto& network : interface.accept_routes) lines.item("accepts ", network.to_string(), "accept_routes");
    if (interface.metric != 0) lines.item("metric ", std::to_string(interface.metric), "metric");
    if (interface.mtu) lines.item("mtu ", std::to_string(*interface.mtu), "mtu");
    if (interface.mac) lines.item("mac ", interface.mac->to_string(), "mac");
    for (const auto& [key, value] : interface.sysctl) {
        std::string whole = "sysctl.";
        std::string text = key;
        lines.item("sysctl ", text.append(" = ").append(value), whole += key);
    }
    if (interface.dhcp) add_dhcp(*interface.dhcp, {}, lines);
    lines.row({});
}

std::string name_servers(const Network& network) {
    if (network.dns_from_lease && asks_for_lease(network)) return "from the lease";
    if (network.dns_from_lease && listens_to_routers(network)) return "as routers advertise";
    return network.name_servers.empty() ? "none" : list_of(network.name_servers);
}

}  // namespace

std::string list_of_texts(const std::vector<std::string>& texts) {
    std::string list;
    for (const auto& text : texts) add_to(list, text);
    return list;
}

void add_network(const Network& network, PlanLines& lines) {
    lines.heading("network");
    for (const auto& [name, mac] : network.link_names)
        lines.item(name, " is the name of " + mac.to_string(), config::row_key("network.ifname", name));
    for (const auto& vlan : network.vlans)
        lines.item(vlan.name, concat({" is VLAN ", std::to_string(vlan.id), " on ", vlan.parent}),
                   config::row_key("network.vlan", vlan.name));
    for (const auto& interface : network.interfaces) add_interface(interface, lines);
    if (network.interfaces.empty()) {
        lines.item("no interface but lo", {}, "network.interface");
        return;
    }
    lines.item("name servers: ", name_servers(network), "network.dns");
    lines.item_if_set("search domains: ", list_of_texts(network.search_domains), "network.search");
    add_dhcp(network.dhcp, "network.", lines);
    lines.item("missing interfaces are waited for ", config::duration_text(network.link_timeout),
               "network.link_timeout");
    if (network.wait) {
        lines.item("the payload waits for it ", config::duration_text(network.timeout), "network.timeout");
    } else {
        lines.item("the payload does not wait for it", {}, "network.wait");
    }
}

}  // namespace nlinit::plan
