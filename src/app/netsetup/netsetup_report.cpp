// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup_report.hpp"

#include <cerrno>

#include "app/network/network_report.hpp"
#include "app/standard_output.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

void finish(JsonWriter& json) {
    print(json.end_object().text() + '\n');
}

void write_resolv_conf(JsonWriter& json, const std::string& path, const ResolvConf& file) {
    json.key("resolv_conf").begin_object().member("path", path).member("written", file.written);
    json.key("name_servers").begin_array();
    for (const auto& server : file.name_servers) json.value(server.to_string());
    json.end_array();
    json.key("search").begin_array();
    for (const auto& domain : file.search_domains) json.value(domain);
    json.end_array();
    if (file.failure || !file.untouched.empty())
        json.member("error", file.failure ? to_string(*file.failure) : file.untouched);
    json.end_object();
}

bool probes(const NetsetupOptions& options) {
    return options.dhcp.common.conflict_detection != config::ConflictDetection::off;
}

// Each a line of a dry run.
std::vector<std::string> steps_of(const NetsetupOptions& options, const Link& link, const NetworkPlan& plan) {
    std::vector<std::string> steps{"bring up lo and " + link.name};
    if (options.interface.method == config::Method::dhcp)
        append(steps, {"ask for a lease by DHCP on ", link.name, " (", link.mac.to_string(), "), up to ",
                       std::to_string(options.timeout.count()), " ms, and apply its address and routes"});
    if (options.interface.ipv6 == config::Ipv6::none) steps.push_back("turn IPv6 off on " + link.name);
    if (options.interface.ipv6 == config::Ipv6::automatic)
        steps.push_back(
            concat({"let the kernel obey router advertisements on ", link.name,
                    (options.interface.ipv6_required ? ", and wait for an address and a default route by them" : "")}));
    for (const auto& address : plan.addresses) steps.push_back("add address " + to_string(address));
    for (const auto& route : plan.routes) steps.push_back("add route " + to_string(route));
    if (options.resolv_conf.empty()) return steps;
    const bool has_lease = options.interface.method == config::Method::dhcp;
    std::string servers, domains;
    for (const auto& server : options.dns) servers += (servers.empty() ? "" : ", ") + server.to_string();
    for (const auto& domain : options.search) domains += (domains.empty() ? "" : ", ") + domain;
    if (servers.empty()) servers = has_lease ? "of the lease" : "";
    if (domains.empty()) domains = has_lease ? "of the lease" : "";
    append(steps, {"write ", options.resolv_conf, " with ",
                   (servers.empty() ? "no name servers" : "the name servers " + servers), " and ",
                   (domains.empty() ? "no search domains" : "the search domains " + domains)});
    return steps;
}

}  // namespace

ExitCode status_of(const Error& error, ExitCode otherwise) noexcept {
    return error.code == EPERM || error.code == EACCES ? ExitCode::not_permitted : otherwise;
}

std::string what_there_is(std::span<const std::string> names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return concat({" (there is ", (list.empty() ? "none at all" : list), ")"});
}

ExitCode fail(const Error& error, ExitCode otherwise, bool as_json, const std::string& match) {
    const auto status = status_of(error, otherwise);
    log::error("netsetup", to_string(error));
    if (!as_json) return status;
    JsonWriter json;
    json.begin_object().member("interface", match);
    json.member("error", to_string(error)).member("exit_status", static_cast<int>(status));
    finish(json);
    return status;
}

void print_outcome(const NetsetupOptions& options, const InterfaceSetup& interface, const ResolvConf& resolv_conf,
                   const Outcome& outcome, TimePoint origin) {
    JsonWriter json;
    json.begin_object();
    write_interface_members(json, interface, origin);
    if (!options.resolv_conf.empty()) write_resolv_conf(json, options.resolv_conf, resolv_conf);
    if (!outcome.error.empty()) json.member("error", outcome.error);
    if (outcome.status) json.member("exit_status", static_cast<int>(*outcome.status));
    finish(json);
}

void print_dry_run(const NetsetupOptions& options, const Link& link) {
    const NetworkPlan plan = fixed_plan(options.interface, 0, probes(options));
    const auto steps = steps_of(options, link, plan);
    if (!options.json) {
        std::string text;
        for (const auto& step : steps) text += step + '\n';
        print(text);
        return;
    }
    JsonWriter json;
    json.begin_object().member("dry_run", true);
    write_link(json, link);
    json.member("method", word_of_value(options.interface.method, config::kMethodWords));
    write_plan(json, plan);
    json.key("steps").begin_array();
    for (const auto& step : steps) json.value(step);
    json.end_array().member("exit_status", static_cast<int>(ExitCode::configured));
    finish(json);
}

}  // namespace nlinit::app
