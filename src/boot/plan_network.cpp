// The network's part of plan_text().
#include <array>

#include "nlinit/base/hex.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "plan_lines.hpp"

namespace nlinit::boot {
namespace {

using config::Dhcp;
using config::Interface;
using config::Network;

constexpr std::string_view kIndent = "    ";  // of what belongs to one interface

template <class Values>
std::string list_of(const Values& values) {
    std::string list;
    for (const auto& value : values) {
        if (!list.empty()) list += ", ";
        if constexpr (requires { value.to_string(); }) {
            list += value.to_string();
        } else if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>) {
            list += std::to_string(value);
        } else {
            list += value;
        }
    }
    return list;
}

struct Switch {
    std::string_view key;
    bool Dhcp::*value;
};
constexpr std::array<Switch, 6> kSwitches{{{"rapid_commit", &Dhcp::rapid_commit},
                                           {"broadcast", &Dhcp::broadcast},
                                           {"release", &Dhcp::release},
                                           {"use_hostname", &Dhcp::use_hostname},
                                           {"ipv6_only", &Dhcp::ipv6_only},
                                           {"ms_routes", &Dhcp::ms_routes}}};
struct Text {
    std::string_view key;
    std::string Dhcp::*value;
};
constexpr std::array<Text, 4> kTexts{{{"hostname", &Dhcp::hostname},
                                      {"vendor_class", &Dhcp::vendor_class},
                                      {"user_class", &Dhcp::user_class},
                                      {"lease_file", &Dhcp::lease_file}}};

// Every setting that somebody set, as the file would have it.
void add_dhcp(const Dhcp& dhcp, const std::string& where, std::string_view indent, PlanLines& lines) {
    const auto add = [&](std::string_view key, const std::string& value) {
        const std::string name(key);
        lines.item_if_set(std::string(indent) + "dhcp " + name + ": " + value, where + '.' + name);
    };
    for (const auto& [key, value] : kTexts) add(key, dhcp.*value);
    for (const auto& [key, value] : kSwitches) add(key, dhcp.*value ? "yes" : "no");
    add("client_id", to_hex(dhcp.client_id));
    add("request", list_of(dhcp.request));
    add("allow", list_of(dhcp.allow));
    add("deny", list_of(dhcp.deny));
    add("start_delay", config::duration_text(dhcp.start_delay));
    if (dhcp.fallback_lease) add("fallback_lease", config::duration_text(*dhcp.fallback_lease));
    add("acd", std::string(config::word_of_value(dhcp.conflict_detection, config::kConflictDetectionWords)));
}

void add_interface(const Interface& interface, PlanLines& lines) {
    const auto row = config::row_key("network.interface", interface.match);
    const auto add = [&](const std::string& text, std::string_view key) {
        lines.item(std::string(kIndent) + text, {row + '.' + std::string(key), row});
    };
    std::string head = interface.match + ": ";
    head += config::word_of_value(interface.method, config::kMethodWords);
    if (interface.optional) head += ", optional";
    lines.item(head, {row});
    for (const auto& address : interface.addresses) add("address " + to_string(address), "address");
    if (interface.gateway) add("gateway " + interface.gateway->to_string(), "gateway");
    for (const auto& route : interface.routes)
        lines.item(std::string(kIndent) + "route " + to_string(route), {config::row_key(row, to_string(route)), row});
    if (!interface.default_route) add("no default route", "default_route");
    if (interface.metric != 0) add("metric " + std::to_string(interface.metric), "metric");
    if (interface.mtu) add("mtu " + std::to_string(*interface.mtu), "mtu");
    if (interface.mac) add("mac " + interface.mac->to_string(), "mac");
    for (const auto& [key, value] : interface.sysctl) add("sysctl " + key + " = " + value, "sysctl." + key);
    if (interface.dhcp) add_dhcp(*interface.dhcp, row + ".dhcp", kIndent, lines);
}

std::string name_servers(const Network& network) {
    if (network.dns_from_lease) return "name servers from the lease";
    return network.name_servers.empty() ? "no name servers" : "name servers " + list_of(network.name_servers);
}

}  // namespace

void add_network(const Network& network, PlanLines& lines) {
    lines.heading("network");
    for (const auto& interface : network.interfaces) add_interface(interface, lines);
    if (network.interfaces.empty()) {
        lines.item("no interface but lo", {"network.interface"});
        return;
    }
    lines.item(name_servers(network), {"network.dns"});
    lines.item_if_set("search domains " + list_of(network.search_domains), "network.search");
    add_dhcp(network.dhcp, "network.dhcp", {}, lines);
    lines.item("missing interfaces are waited for " + config::duration_text(network.link_timeout),
               {"network.link_timeout"});
    if (network.wait) {
        lines.item("the payload waits for it " + config::duration_text(network.timeout), {"network.timeout"});
    } else {
        lines.item("the payload does not wait for it", {"network.wait"});
    }
}

}  // namespace nlinit::boot
