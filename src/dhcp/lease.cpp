#include "nlinit/dhcp/lease.hpp"

#include <algorithm>

#include "nlinit/dhcp/name.hpp"
#include "nlinit/net/route_plan.hpp"

namespace nlinit::dhcp {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxRouters = 8;
constexpr std::size_t kMaxServers = 16;
constexpr std::uint16_t kMinimumMtu = 68;      // RFC 791: every host forwards that much
constexpr std::uint8_t kHalfOfEverything = 1;  // 0/1 and 128/1 are a default route by another name

// RFC 2132 9.7: option 54, which some servers leave out; then whoever sent the packet.
std::optional<Ipv4Address> server_of(const Message& message, Ipv4Address source) {
    const auto server = message.options.address(OptionCode::server_identifier).value_or(source);
    if (!server.is_host()) return std::nullopt;
    return server;
}

// A mask that is not there is never guessed by class: /32, with the gateway reached on link.
std::optional<std::uint8_t> prefix_length_of(const Options& options) {
    const auto mask = options.address(OptionCode::subnet_mask);
    if (!mask) return Prefix::kMaxLength;
    const auto length = prefix_length_of_mask(*mask);
    if (!length || *length == 0) return std::nullopt;
    return length;
}

std::optional<Ipv4Address> broadcast_of(const Options& options, Prefix subnet) {
    if (!subnet.has_broadcast()) return std::nullopt;  // RFC 3021; with one the kernel refuses the peer as gateway
    const auto given = options.address(OptionCode::broadcast_address);
    if (given && (given->is_broadcast() || *given == subnet.network())) return given;
    return subnet.broadcast();
}

// RFC 2132 5.8 routes have no mask: the class says what a network is, anything else is a host.
Prefix classful_destination(Ipv4Address destination) {
    const auto first = destination.octets()[0];
    const std::uint8_t length = first < 128 ? 8 : first < 192 ? 16 : 24;
    const Prefix network(destination, length);
    return network.network() == destination ? network : Prefix(destination, Prefix::kMaxLength);
}

std::vector<ClasslessRoute> static_routes(const Options& options) {
    std::vector<ClasslessRoute> routes;
    const auto value = options.find(OptionCode::static_route);
    if (!value || value->size() % 8 != 0) return routes;
    ByteReader in(*value);
    while (!in.at_end() && routes.size() < kMaxRoutes) {
        const auto destination = Ipv4Address::from_integer(in.u32());
        const auto gateway = Ipv4Address::from_integer(in.u32());
        if (destination.is_host() && gateway.is_host()) routes.push_back({classful_destination(destination), gateway});
    }
    return routes;
}

std::optional<std::vector<ClasslessRoute>> classless_routes(const Options& options, OptionCode code) {
    const auto value = options.find(code);
    if (!value || value->empty()) return std::nullopt;
    return parse_classless_routes(*value);
}

// RFC 3442: 121 in place of 33 and 3, never beside them.
std::vector<ClasslessRoute> routes_of(const Options& options, bool ms_routes) {
    if (auto routes = classless_routes(options, OptionCode::classless_static_route)) return *std::move(routes);
    if (ms_routes) {
        if (auto routes = classless_routes(options, OptionCode::ms_classless_static_route)) return *std::move(routes);
    }
    auto routes = static_routes(options);
    const auto routers = options.addresses(OptionCode::router, kMaxRouters);
    if (!routers.empty()) routes.push_back({Prefix{}, routers.front()});
    return routes;
}

bool is_taken(const Lease& lease) {
    return lease.address == lease.server || std::ranges::any_of(lease.routes, [&](const ClasslessRoute& route) {
               return route.gateway == lease.address;
           });
}

bool can_be_a_hosts(Ipv4Address address, Prefix subnet) {
    if (!address.is_host()) return false;
    return !subnet.has_broadcast() || (address != subnet.network() && address != subnet.broadcast());
}

std::string name_in(const Options& options, OptionCode code) {
    const auto value = options.find(code);
    if (!value) return {};
    std::string_view text(reinterpret_cast<const char*>(value->data()), value->size());
    while (text.ends_with('\0')) text.remove_suffix(1);  // RFC 2132 2: a receiver must be prepared for them
    return valid_name(text).value_or(std::string{});
}

std::optional<std::uint16_t> mtu_of(const Options& options) {
    const auto mtu = options.u16(OptionCode::interface_mtu);
    if (!mtu || *mtu < kMinimumMtu) return std::nullopt;
    return mtu;
}

void set_timers(Lease& lease, const Options& options, TimePoint requested_at) {
    lease.acquired_at = requested_at;
    if (lease.is_infinite()) {
        lease.renew_at = lease.rebind_at = lease.expires_at = kNever;
        return;
    }
    const Duration duration = std::max(lease.duration, Lease::kShortest);
    const auto given = [&](OptionCode code, Duration otherwise) -> Duration {
        const auto value = options.u32(code);
        return value ? Duration(seconds(*value)) : otherwise;
    };
    // RFC 2131 4.4.5.
    const Duration default_t1 = duration / 2;
    const Duration default_t2 = duration / 8 * 7;
    const Duration t1 = given(OptionCode::renewal_time, default_t1);
    const Duration t2 = given(OptionCode::rebinding_time, default_t2);
    const bool sane = Duration::zero() < t1 && t1 < t2 && t2 < duration;
    lease.renew_at = requested_at + (sane ? t1 : default_t1);
    lease.rebind_at = requested_at + (sane ? t2 : default_t2);
    lease.expires_at = requested_at + duration;
}

std::optional<seconds> duration_of(const Options& options, const LeaseRules& rules) {
    const auto value = options.u32(OptionCode::lease_time);
    if (!value) return rules.fallback_duration;
    if (*value == 0) return std::nullopt;
    return seconds(*value);
}

std::optional<seconds> time_left(const Lease& lease, const RoutePreferences& preferences, TimePoint now) {
    if (lease.is_infinite() || preferences.forever) return std::nullopt;
    return std::max(std::chrono::ceil<seconds>(lease.expires_at - now), seconds(1));
}

bool is_default_by_any_name(Prefix destination) {
    return destination.length() <= kHalfOfEverything;
}

std::vector<Route> routes_for(const Lease& lease, const InterfaceAddress& address,
                              const RoutePreferences& preferences) {
    std::vector<Route> routes = preferences.routes;
    for (const auto& [destination, gateway] : lease.routes) {
        if (is_default_by_any_name(destination) && !preferences.default_route) continue;
        Route route;
        route.destination = destination;
        if (!gateway.is_unspecified()) route.gateway = gateway;
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
    const auto server = server_of(message, source);
    if (!server) return DropReason::no_server_identifier;
    const auto duration = duration_of(options, rules);
    if (!duration) return DropReason::no_lease_time;
    const auto prefix_length = prefix_length_of(options);
    if (!prefix_length) return DropReason::bad_subnet_mask;

    Lease lease;
    lease.address = message.yiaddr;
    lease.prefix_length = *prefix_length;
    lease.server = *server;
    lease.routes = routes_of(options, rules.ms_routes);
    const Prefix subnet(lease.address, lease.prefix_length);
    if (!can_be_a_hosts(lease.address, subnet) || is_taken(lease)) return DropReason::bad_offered_address;
    lease.broadcast = broadcast_of(options, subnet);
    lease.name_servers = options.addresses(OptionCode::name_server, kMaxServers);
    lease.ntp_servers = options.addresses(OptionCode::ntp_server, kMaxServers);
    lease.domain_name = name_in(options, OptionCode::domain_name);
    lease.host_name = name_in(options, OptionCode::host_name);
    if (const auto search = options.find(OptionCode::domain_search))
        lease.search_domains = parse_domain_search(*search);
    lease.mtu = mtu_of(options);
    lease.duration = *duration;
    set_timers(lease, options, requested_at);
    lease.options = options;
    return lease;
}

NetworkPlan plan_for(const Lease& lease, const RoutePreferences& preferences, TimePoint now) {
    NetworkPlan plan;
    plan.addresses.push_back({lease.address, lease.prefix_length, lease.broadcast, time_left(lease, preferences, now)});
    plan.routes = routes_for(lease, plan.addresses.front(), preferences);
    plan.mtu = preferences.mtu ? preferences.mtu : lease.mtu;
    plan.name_servers = lease.name_servers;
    plan.search_domains = lease.search_domains;
    if (plan.search_domains.empty() && !lease.domain_name.empty()) plan.search_domains.push_back(lease.domain_name);
    return plan;
}

}  // namespace nlinit::dhcp
