// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup_options.hpp"

#include <getopt.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "netsetup_option_rows.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"

namespace nlinit::app {
namespace {

constexpr FlagRow kFlags[] = {
    {"keep", [](NetsetupOptions& options) { options.keep = true; }},
    {"json", [](NetsetupOptions& options) { options.json = true; }},
    {"dry-run", [](NetsetupOptions& options) { options.dry_run = true; }},
    {"no-default-route", [](NetsetupOptions& options) { options.interface.default_route = false; }},
    {"forever", [](NetsetupOptions& options) { options.dhcp.forever = true; }},
    {"verbose", [](NetsetupOptions& options) { options.verbose = true; }},
    {"help", [](NetsetupOptions& options) { options.help = true; }},
};

// As in the config, and a bare number is seconds.
std::optional<std::chrono::milliseconds> timeout_in(std::string_view text) {
    auto duration = config::parse_duration(text);
    if (!duration) duration = config::parse_duration(std::string(text) + 's');
    return duration && duration->count() > 0 ? duration : std::nullopt;
}

bool add_address(const std::optional<InterfaceAddress>& address, config::Interface& interface) {
    if (!address) return false;
    const bool is_known = std::ranges::find(interface.addresses, *address) != interface.addresses.end();
    if (!is_known) interface.addresses.push_back(*address);
    return true;
}

constexpr ValueRow kValues[] = {
    {"timeout", "want a time such as 6s or 500ms, up to a day",
     [](std::string_view value, NetsetupOptions& options) { return set(timeout_in(value), options.timeout); }},
    {"static", "want a host's address with its prefix length, such as 10.0.0.2/24 or 2001:db8::2/64",
     [](std::string_view value, NetsetupOptions& options) {
         options.interface.method = config::Method::fixed;
         return add_address(config::parse_interface_address(value), options.interface);
     }},
    {"gateway", "want a router's address, one of each family",
     [](std::string_view value, NetsetupOptions& options) {
         const auto gateway = config::parse_host_address(value);
         const auto before = gateway ? options.interface.gateway_of(gateway->family()) : std::nullopt;
         if (!gateway || (before && *before != *gateway)) return false;
         options.interface.set_gateway(*gateway);
         return true;
     }},
    {"ipv6", "want auto, required or none",
     [](std::string_view value, NetsetupOptions& options) {
         auto& interface = options.interface;
         interface.ipv6_written = true;
         interface.ipv6_required = value == "required";
         const auto mode = value_of_word(interface.ipv6_required ? "auto" : value, config::kIpv6Words);
         return mode != config::Ipv6::fixed && set(mode, interface.ipv6);
     }},
    {"accept-routes", "want networks such as 10.0.0.0/8, with commas between them",
     [](std::string_view value, NetsetupOptions& options) {
         return add_each(value, config::parse_part_of_everything, options.interface.accept_routes);
     }},
    {"metric", "want a number from 0 to 4294967295",
     [](std::string_view value, NetsetupOptions& options) {
         return set(parse_number<std::uint32_t>(value), options.interface.metric);
     }},
    {"netns", "want the name of a network namespace, or a path",
     [](std::string_view value, NetsetupOptions& options) { return set_path(value, options.netns); }},
    {"resolv-conf", "want a path",
     [](std::string_view value, NetsetupOptions& options) { return set_path(value, options.resolv_conf); }},
    {"dns", "want addresses of name servers, with commas between them",
     [](std::string_view value, NetsetupOptions& options) { return add_each(value, NameServer::parse, options.dns); }},
    {"search", "want domains, with commas between them",
     [](std::string_view value, NetsetupOptions& options) {
         return add_each(value, config::parse_domain, options.search);
     }},
    {"pcap", "want a path",
     [](std::string_view value, NetsetupOptions& options) { return set_path(value, options.pcap); }},
};

struct Row {
    const FlagRow* flag = nullptr;
    const ValueRow* value = nullptr;
    bool for_lease = false;  // there is nothing to do for it with --static

    [[nodiscard]] const char* name() const { return flag ? flag->name : value->name; }
};

bool is_for_lease(std::string_view name) {
    return name == "forever" || name == "pcap" || name == "accept-routes";
}

std::vector<Row> all_rows() {
    std::vector<Row> rows;
    for (const auto& row : kFlags) rows.push_back({.flag = &row, .for_lease = is_for_lease(row.name)});
    for (const auto& row : dhcp_flags()) rows.push_back({.flag = &row, .for_lease = true});
    for (const auto& row : kValues) rows.push_back({.value = &row, .for_lease = is_for_lease(row.name)});
    for (const auto& row : dhcp_values()) rows.push_back({.value = &row, .for_lease = true});
    return rows;
}

constexpr int kFirstRow = 256;  // beyond every letter
constexpr const char* kLetters = ":46vh";

int index_for(int letter, const std::vector<Row>& rows) {
    const std::string_view name = letter == 'v' ? "verbose" : "help";
    int index = 0;
    while (rows[static_cast<std::size_t>(index)].flag->name != name) ++index;
    return index;
}

std::vector<option> getopt_rows(const std::vector<Row>& rows) {
    std::vector<option> options;
    for (const auto& row : rows) {
        const int number = kFirstRow + static_cast<int>(options.size());
        options.push_back({row.name(), row.flag ? no_argument : required_argument, nullptr, number});
    }
    options.push_back({nullptr, 0, nullptr, 0});
    return options;
}

Result<> take(const Row& row, std::string_view value, NetsetupOptions& options) {
    if (row.flag) {
        row.flag->take(options);
        return {};
    }
    if (row.value->take(value, options)) return {};
    return Error{0, concat({"--", row.value->name, " ", value, ": ", row.value->wanted})};
}

std::string as_written(int argc, char* const* arguments) {
    const int index = optind - 1;
    return index > 0 && index < argc ? arguments[index] : "";
}

// Of letters behind one '-' getopt(3) names the one, and goes on to the next argument after the last of them only.
std::string unknown_option(int argc, char* const* arguments) {
    return optopt > 0 ? std::string("-") + static_cast<char>(optopt) : as_written(argc, arguments);
}

// -4 and -6. The first says of IPv6 what is so without it.
Result<> choose_family(std::optional<Family> alone, NetsetupOptions& options) {
    auto& interface = options.interface;
    if (!alone) return {};
    const bool is_ipv4 = *alone == Family::kIpv4;
    const auto other = is_ipv4 ? Family::kIpv6 : Family::kIpv4;
    const std::string option = is_ipv4 ? "-4" : "-6";
    if (interface.has_address_of(other)) return Error{0, option + " leaves out what --static is to set: choose one"};
    const bool has_ipv6 = interface.ipv6 == config::Ipv6::automatic;
    if (is_ipv4 ? has_ipv6 : interface.ipv6 == config::Ipv6::none)
        return Error{0, option + " and --ipv6 contradict each other: choose one"};
    if (is_ipv4) return {};
    if (interface.method == config::Method::fixed) return {};  // of IPv6
    interface.method = config::Method::none;
    interface.ipv6 = config::Ipv6::automatic;
    interface.ipv6_required = true;
    return {};
}

Result<> check(const NetsetupOptions& options) {
    const bool is_static = options.interface.method == config::Method::fixed;
    if (!options.interface.gateways.empty() && !is_static)
        return Error{0, "--gateway needs --static: by DHCP the server names the router"};
    for (const auto& gateway : options.interface.gateways) {
        if (!options.interface.has_address_of(gateway.family()))
            return Error{0,
                         concat({"--gateway ", gateway.to_string(), " needs --static with an address of its family"})};
        const auto fault = config::fault_of_gateway(gateway, options.interface.addresses);
        if (!fault.empty()) return Error{0, "--gateway: " + fault};
    }
    if (options.interface.ipv6 == config::Ipv6::none && options.interface.has_address_of(Family::kIpv6))
        return Error{0, "--ipv6 none turns off what --static is to set: choose one"};
    if (!options.interface.accept_routes.empty() && options.interface.default_route)
        return Error{0, "--accept-routes needs --no-default-route: without that every route of the lease is accepted"};
    const bool is_told = options.interface.ipv6 == config::Ipv6::automatic;  // by routers
    if (is_static && options.keep && !is_told) return Error{0, "--keep renews a lease: it means nothing with --static"};
    if (options.resolv_conf.empty() && (!options.dns.empty() || !options.search.empty()))
        return Error{0, "--dns and --search need --resolv-conf: they are what is written there"};
    if (is_static && !is_told && !options.resolv_conf.empty() && options.dns.empty() && options.search.empty())
        return Error{0, "--resolv-conf needs --dns or --search with --static: there is no lease that names any"};
    if (options.dhcp.common.conflict_detection == config::ConflictDetection::optimistic && !options.keep)
        return Error{0, "--acd optimistic needs --keep: it looks for a conflict while the address is in use"};
    if (options.dhcp.forever && options.keep)
        return Error{0, "--keep renews the lease, --forever is for when nobody does: choose one"};
    return {};
}

// Whether a lease of DHCPv6 is to be had, and the option is about that as well.
bool is_of_dhcp6(std::string_view option, const NetsetupOptions& options) {
    constexpr std::array<std::string_view, 5> kOfBoth{"release", "no-rapid-commit", "start-delay", "forever", "pcap"};
    return options.interface.ipv6 == config::Ipv6::automatic && std::ranges::find(kOfBoth, option) != kOfBoth.end();
}

// A fixed address of IPv6 is looked for on the link, too.
bool is_of_fixed_ipv6(std::string_view option, const NetsetupOptions& options) {
    return option == "acd" && options.interface.has_address_of(Family::kIpv6);
}

// What was asked for, is not wrong, and changes nothing.
std::vector<std::string> idle_options(const NetsetupOptions& options, const std::vector<const char*>& for_lease) {
    std::vector<std::string> remarks;
    const auto method = options.interface.method;
    if (!options.interface.default_route && !options.interface.gateways.empty())
        append(remarks, {"--gateway ", options.interface.gateways.front().to_string(),
                         " changes nothing with --no-default-route"});
    if (method == config::Method::dhcp && options.dhcp.common.ipv6_only && options.interface.ipv6 == config::Ipv6::none)
        remarks.emplace_back("--ipv6-only is not obeyed with --ipv6 none: without IPv4 there would be nothing left");
    for (const auto* name : for_lease) {
        const auto option = "--" + std::string(name);
        if (method != config::Method::dhcp && !is_of_dhcp6(name, options) && !is_of_fixed_ipv6(name, options)) {
            append(remarks, {option, " is about a lease: it changes nothing with ",
                             (method == config::Method::fixed ? "--static" : "-6")});
        } else if (option == "--release" && !options.keep) {
            remarks.push_back(option + " changes nothing without --keep: nobody is there to give the lease back");
        }
    }
    return remarks;
}

}  // namespace

Result<NetsetupOptions> parse_netsetup_options(int argc, char* const* arguments) {
    NetsetupOptions options;
    options.interface.ipv6 = config::Ipv6::untouched;
    const auto rows = all_rows();
    const auto known = getopt_rows(rows);
    std::vector<const char*> for_lease;
    std::optional<Family> alone;
    optind = 0;  // getopt(3): start anew
    opterr = 0;
    for (;;) {
        int found = getopt_long(argc, arguments, kLetters, known.data(), nullptr);
        if (found == -1) break;
        if (found == ':') return Error{0, as_written(argc, arguments) + " needs a value"};
        if (found == '?' && optopt >= kFirstRow)
            return Error{0,
                         concat({"--", rows[static_cast<std::size_t>(optopt - kFirstRow)].name(), " takes no value"})};
        if (found == '?') return Error{0, concat({"unknown option ", unknown_option(argc, arguments), "; see --help"})};
        if (found == '4' || found == '6') {
            const auto family = found == '4' ? Family::kIpv4 : Family::kIpv6;
            if (alone && *alone != family) return Error{0, "-4 and -6 contradict each other: choose one"};
            alone = family;
            continue;
        }
        found = found < kFirstRow ? index_for(found, rows) : found - kFirstRow;
        const auto& row = rows[static_cast<std::size_t>(found)];
        if (auto taken = take(row, optarg ? optarg : "", options); !taken.ok()) return taken.error();
        if (row.for_lease) for_lease.push_back(row.name());
    }
    if (argc - optind > 1) return Error{0, std::string("one interface at a time, not also ") + arguments[optind + 1]};
    if (optind < argc) options.interface.match = arguments[optind];
    if (options.interface.match.empty()) return Error{0, "the name of the interface is empty"};
    if (auto chosen = choose_family(alone, options); !chosen.ok()) return chosen.error();
    if (auto fits = check(options); !fits.ok()) return fits.error();
    // Who sets up one interface by hand is asked for the routes that are not wanted, and not for those that are.
    if (!options.interface.default_route && options.interface.accept_routes.empty())
        options.interface.accept_routes = {Prefix()};
    options.remarks = idle_options(options, for_lease);
    return options;
}

std::vector<std::string> netsetup_option_names() {
    std::vector<std::string> names;
    for (const auto& row : all_rows()) names.push_back("--" + std::string(row.name()));
    return names;
}

// By getopt again, since "--js" is that option and the "--json" of "--hostname --json" is not.
bool asks_for_json(int argc, char* const* arguments) {
    const auto rows = all_rows();
    const auto known = getopt_rows(rows);
    optind = 0;
    int found = 0;
    while ((found = getopt_long(argc, arguments, kLetters, known.data(), nullptr)) != -1) {
        const int row = (found == '?' ? optopt : found) - kFirstRow;  // '?' with a row: a value that it does not take
        if (row >= 0 && std::string_view(rows[static_cast<std::size_t>(row)].name()) == "json") return true;
    }
    return false;
}

}  // namespace nlinit::app
