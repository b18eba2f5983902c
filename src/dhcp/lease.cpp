// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp/lease_names.hpp"
#include "nlinit/dhcp/lease_options.hpp"
#include "nlinit/dhcp/lease_routes.hpp"
#include "nlinit/net/route_plan.hpp"

namespace nlinit::dhcp {
namespace {

using std::chrono::seconds;

constexpr std::uint8_t kHalfOfEverything = 1;  // 0/1 and 128/1 are a default route by another name
// 10.0.0.0/8, of an interface that is no way out. Of routes to such, 64 (kMaxRoutes) are a quarter of everything at
// most.
constexpr std::uint8_t kWidestSubnet = 8;

// RFC 2132 9.7: option 54, which some servers leave out; then whoever sent the packet.
std::variant<Ipv4Address, DropReason> server_of(const Options& options, Ipv4Address source, Remarks& remarks) {
    const auto named = address_in(options, OptionCode::server_identifier, remarks);
    const auto server = named.value_or(source);
    if (!server.is_host()) return named ? DropReason::bad_server_identifier : DropReason::no_server_identifier;
    return server;
}

// A mask that is not there is never guessed by class: /32, with the gateway reached on link.
std::optional<std::uint8_t> prefix_length_of(const Options& options, Remarks& remarks) {
    const auto mask = address_in(options, OptionCode::subnet_mask, remarks);
    if (!mask) {
        remark(remarks, OptionCode::subnet_mask,
               std::string(options.has(OptionCode::subnet_mask) ? "is unusable" : "is missing") +
                   ": the address gets /32, and the gateway a route of its own");
        return Prefix::kMaxLength;
    }
    const auto length = prefix_length_of_mask(*mask);
    if (!length || *length == 0) return std::nullopt;
    return length;
}

std::optional<Ipv4Address> broadcast_of(const Options& options, Prefix subnet, Remarks& remarks) {
    if (!subnet.has_broadcast()) return std::nullopt;  // RFC 3021; with one the kernel refuses the peer as gateway
    const auto given = address_in(options, OptionCode::broadcast_address, remarks);
    if (given && (given->is_broadcast() || *given == subnet.network())) return given;
    if (given && *given != subnet.broadcast())
        remark(remarks, OptionCode::broadcast_address,
               {"is ", given->to_string(), ", which is not that of ", subnet.to_string(), ": it is ",
                subnet.broadcast().to_string()});
    return subnet.broadcast();
}

std::optional<DropReason> fault_of(Ipv4Address address, Prefix subnet, Ipv4Address server) {
    if (!address.is_host()) return DropReason::bad_offered_address;
    if (address == server) return DropReason::address_of_server;
    if (subnet.has_broadcast() && (address == subnet.network() || address == subnet.broadcast()))
        return DropReason::address_of_subnet;
    return std::nullopt;
}

void set_timers(Lease& lease, const Options& options, TimePoint requested_at) {
    lease.acquired_at = requested_at;
    lease.renew_at = lease.rebind_at = lease.expires_at = lease.is_infinite() ? kNever : requested_at + lease.duration;
    if (lease.is_infinite() || lease.is_too_short_to_renew()) return;
    const auto given = [&](OptionCode code) -> std::optional<Duration> {
        const auto value = number_in(options, code, sizeof(std::uint32_t), lease.remarks);
        if (!value) return std::nullopt;
        return seconds(*value);
    };
    const auto t1 = given(OptionCode::renewal_time);
    const auto t2 = given(OptionCode::rebinding_time);
    const auto [times, given_fit] = renewal_times(lease.duration, {t1, t2});
    lease.renew_at = requested_at + times.t1;
    lease.rebind_at = requested_at + times.t2;
    if (given_fit) return;
    const bool has_t1 = options.has(OptionCode::renewal_time);
    const bool has_both = has_t1 && options.has(OptionCode::rebinding_time);
    remark(lease.remarks, has_t1 ? OptionCode::renewal_time : OptionCode::rebinding_time,
           std::string(has_both ? "or 59 (T2) does" : "does") +
               " not fit the lease time: T1 and T2 are half and 7/8 of it");
}

std::optional<seconds> duration_of(const Options& options, const LeaseRules& rules, Remarks& remarks) {
    const auto value = number_in(options, OptionCode::lease_time, sizeof(std::uint32_t), remarks);
    if (!value) return rules.fallback_duration;
    if (*value == 0) return std::nullopt;
    return seconds(*value);
}

// RFC 3397 3: where there is a search list, the domain name does not count as one.
void set_domains(Lease& lease, const Options& options) {
    auto names = domain_names_in(options, lease.remarks);
    if (!names.empty()) lease.domain_name = names.front();
    lease.search_domains = search_domains_in(options, lease.remarks);
    if (lease.search_domains.empty() && names.size() > 1) lease.search_domains = std::move(names);
}

std::optional<seconds> time_left(const Lease& lease, const RoutePreferences& preferences, TimePoint now) {
    if (lease.is_infinite() || preferences.forever) return std::nullopt;
    // The kernel counts whole seconds, and must not count one that is no longer the lease's (RFC 2131 4.4.5). It takes
    // no lifetime of 0.
    return std::max(std::chrono::floor<seconds>(lease.expires_at - now), seconds(1));
}

bool is_default_by_any_name(Prefix destination) {
    return destination.length() <= kHalfOfEverything;
}

bool lacks_default_route(const Lease& lease, const RoutePreferences& preferences) {
    return std::ranges::none_of(
               lease.routes, [](const ClasslessRoute& route) { return is_default_by_any_name(route.destination); }) &&
           std::ranges::none_of(preferences.routes, [](const Route& route) { return route.destination.is_default(); });
}

// Four quarters, eight eighths… are a default route too, and a single host may be all that somebody is after.
bool is_within_accepted(Prefix destination, const RoutePreferences& preferences) {
    return std::ranges::any_of(preferences.accept_routes, [&](Prefix network) {
        const bool is_all = is_default_by_any_name(network);
        return network.contains(destination) && (!is_all || destination.length() >= kWidestSubnet);
    });
}

constexpr const char* kNoWayOut = "this interface is no way out (default_route = false)";

// What of the lease an interface that is no way out may have.
class Admission {
  public:
    Admission(const Lease& lease, const RoutePreferences& preferences)
        : lease_(lease), preferences_(preferences), subnet_(lease.address, lease.prefix_length) {
        if (preferences.default_route) return;
        against_address_ = taken_by_address(preferences.claims, lease.address);
        against_mask_ = fault_of_mask();
        if (!against_mask_.empty()) subnet_ = Prefix(lease.address, Prefix::kMaxLength);
    }
    [[nodiscard]] bool has_address() const { return against_address_.empty(); }
    // A host's alone where the mask says too much.
    [[nodiscard]] Prefix subnet() const { return subnet_; }
    [[nodiscard]] bool admits(const ClasslessRoute& route) const { return fault_of_route(route).empty(); }
    void remark_on(Remarks& remarks) const;

  private:
    [[nodiscard]] std::string fault_of_mask() const;
    [[nodiscard]] std::string fault_of_route(const ClasslessRoute& route) const;
    [[nodiscard]] bool is_accepted(const ClasslessRoute& route) const;

    const Lease& lease_;
    const RoutePreferences& preferences_;
    Prefix subnet_;
    std::string against_address_, against_mask_;  // empty: nothing
};

// A mask can say as much as a route.
std::string Admission::fault_of_mask() const {
    if (subnet_.length() < kWidestSubnet) return "is wider than a /" + std::to_string(kWidestSubnet);
    if (subnet_.length() == Prefix::kMaxLength) return {};
    const auto taken = taken_by_subnet(preferences_.claims, subnet_);
    return taken.empty() ? std::string() : "would take over " + taken;
}

// The way to a gateway is a route as well.
bool Admission::is_accepted(const ClasslessRoute& route) const {
    if (is_default_by_any_name(route.destination) || !is_within_accepted(route.destination, preferences_)) return false;
    return route.gateway.is_unspecified() || subnet_.contains(route.gateway) ||
           is_within_accepted(Prefix(route.gateway, Prefix::kMaxLength), preferences_);
}

std::string Admission::fault_of_route(const ClasslessRoute& route) const {
    if (preferences_.default_route) return {};
    if (!is_accepted(route)) return "accept_routes does not have that";
    auto taken = taken_by_route(preferences_.claims, route.destination);
    if (taken.empty() && !route.gateway.is_unspecified() && !subnet_.contains(route.gateway))
        taken = taken_by_route(preferences_.claims, Prefix(route.gateway, Prefix::kMaxLength));
    return taken.empty() ? std::string() : "it would take over " + taken;
}

void Admission::remark_on(Remarks& remarks) const {
    if (!against_mask_.empty())
        remark(remarks, OptionCode::subnet_mask,
               {"gives ", Prefix(lease_.address, lease_.prefix_length).to_string(), ", which ", against_mask_, ", and ",
                kNoWayOut, ": the address gets /32"});
    for (const auto& route : lease_.routes) {
        const auto fault = fault_of_route(route);
        // That there is no default route is as it was asked for.
        if (route.destination.is_default() || fault.empty()) continue;
        append(remarks, {"the DHCP server's route to ", route.destination.to_string(), " is left out: ", kNoWayOut,
                         ", and ", fault});
    }
}

std::vector<Route> routes_for(const Lease& lease, const InterfaceAddress& address, const Admission& admission,
                              const RoutePreferences& preferences) {
    std::vector<Route> routes = preferences.routes;
    for (const auto& [destination, gateway] : lease.routes) {
        if (!admission.admits({destination, gateway})) continue;
        Route route;
        route.destination = destination;
        if (!gateway.is_unspecified()) route.gateway = gateway;
        route.is_advice = !destination.is_default();
        routes.push_back(route);
    }
    return complete_routes(address, routes, preferences.metric);
}

}  // namespace

std::optional<Ipv4Address> Lease::default_gateway() const noexcept {
    for (const auto& route : routes) {
        if (route.destination.is_default() && !route.gateway.is_unspecified()) return route.gateway;
    }
    return std::nullopt;
}

std::variant<Lease, DropReason> lease_from(const Message& message, Ipv4Address source, TimePoint requested_at,
                                           const LeaseRules& rules) {
    const Options& options = message.options;
    Lease lease;
    const auto server = server_of(options, source, lease.remarks);
    if (const auto* reason = std::get_if<DropReason>(&server)) return *reason;
    const auto duration = duration_of(options, rules, lease.remarks);
    if (!duration) return DropReason::no_lease_time;
    const auto prefix_length = prefix_length_of(options, lease.remarks);
    if (!prefix_length) return DropReason::bad_subnet_mask;

    lease.address = message.yiaddr;
    lease.prefix_length = *prefix_length;
    lease.server = std::get<Ipv4Address>(server);
    const Prefix subnet(lease.address, lease.prefix_length);
    if (const auto fault = fault_of(lease.address, subnet, lease.server)) return *fault;
    lease.routes = routes_in(options, lease.address, subnet, rules.ms_routes, lease.remarks);
    lease.broadcast = broadcast_of(options, subnet, lease.remarks);
    lease.name_servers = hosts_in(options, OptionCode::name_server, lease.remarks);
    lease.ntp_servers = hosts_in(options, OptionCode::ntp_server, lease.remarks);
    lease.host_name = host_name_in(options, lease.remarks);
    set_domains(lease, options);
    lease.mtu = mtu_in(options, lease.remarks);
    lease.duration = *duration;
    set_timers(lease, options, requested_at);
    lease.options = options;
    return lease;
}

Remarks remarks_on(const Lease& lease, const RoutePreferences& preferences) {
    Remarks remarks = lease.remarks;
    if (lease.mtu && *lease.mtu < kSmallestIpv6Mtu && !preferences.mtu)
        remark(remarks, OptionCode::interface_mtu,
               {"is ", std::to_string(*lease.mtu), ", less than the 1280 of RFC 8200: there is no IPv6 on that link"});
    if (preferences.default_route && lacks_default_route(lease, preferences) &&
        has_usable_router(lease.options, lease.address, Prefix(lease.address, lease.prefix_length)))
        remark(remarks, OptionCode::router,
               "is not obeyed beside classless routes (RFC 3442), which have no default route");
    Admission(lease, preferences).remark_on(remarks);
    return remarks;
}

std::string why_without_address(const Lease& lease, const RoutePreferences& preferences) {
    const auto taken = preferences.default_route ? std::string() : taken_by_address(preferences.claims, lease.address);
    if (taken.empty()) return {};
    return concat({"the leased address is ", taken, ", and ", kNoWayOut, ": the lease is kept, and not put to use"});
}

NetworkPlan plan_for(const Lease& lease, const RoutePreferences& preferences, TimePoint now) {
    NetworkPlan plan;
    const Admission admission(lease, preferences);
    if (!admission.has_address()) return plan;
    const bool is_narrowed = admission.subnet().length() != lease.prefix_length;
    plan.addresses.push_back({.local = lease.address,
                              .prefix_length = admission.subnet().length(),
                              .broadcast = is_narrowed ? std::nullopt : lease.broadcast,
                              .valid_for = time_left(lease, preferences, now)});
    plan.routes = routes_for(lease, plan.addresses.front(), admission, preferences);
    plan.mtu = preferences.mtu ? preferences.mtu : lease.mtu;
    plan.mtu_is_advice = !preferences.mtu && lease.mtu;
    plan.name_servers.assign(lease.name_servers.begin(), lease.name_servers.end());
    plan.search_domains = lease.search_domains;
    if (plan.search_domains.empty() && !lease.domain_name.empty()) plan.search_domains.push_back(lease.domain_name);
    return plan;
}

}  // namespace nlinit::dhcp
