// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_routes.hpp"

#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp/lease_options.hpp"

namespace nlinit::dhcp {
namespace {

constexpr std::size_t kStaticRouteSize = 8;  // RFC 2132 5.8: destination and router

bool can_be_in(Ipv4Address address, Prefix subnet) {
    return !subnet.has_broadcast() || (address != subnet.network() && address != subnet.broadcast());
}

void remark_no_host(Remarks& remarks, OptionCode code, Ipv4Address address, Prefix subnet) {
    remark(remarks, code,
           {"names ", address.to_string(), ", which is the network or broadcast address of ", subnet.to_string(),
            ": left out"});
}

// RFC 2132 5.8 routes have no mask: the class says what a network is, anything else is a host.
Prefix classful_destination(Ipv4Address destination) {
    const auto first = destination.octets()[0];
    const std::uint8_t length = first < 128 ? 8 : first < 192 ? 16 : 24;
    const Prefix network(destination, length);
    return network.network() == destination ? network : Prefix(destination, Prefix::kMaxLength);
}

// What is wrong with a value that parse_classless_routes() gives nothing for, or that is empty.
std::string fault_of_classless(ByteView value) {
    if (value.empty()) return "is empty";
    ByteReader in(value);
    while (!in.at_end()) {
        const auto length = in.u8();
        if (length > Prefix::kMaxLength)
            return concat({"has a prefix length of ", std::to_string(length), ", above 32"});
        in.bytes((length + 7U) / 8U + sizeof(std::uint32_t));
        if (in.overrun()) break;
    }
    return "is cut short";
}

// RFC 2132 3.5: routers in order of preference. One that is the client itself (OpenBSD's and Windows' way to say that
// all is on link) counts when there is no other.
std::optional<ClasslessRoute> default_route(const Options& options, Ipv4Address own, Prefix subnet, Remarks& remarks) {
    std::optional<ClasslessRoute> on_link;
    for (const auto router : hosts_in(options, OptionCode::router, remarks)) {
        if (router == own) {
            on_link = ClasslessRoute{Prefix{}, {}};
        } else if (can_be_in(router, subnet)) {
            return ClasslessRoute{Prefix{}, router};
        } else {
            remark_no_host(remarks, OptionCode::router, router, subnet);
        }
    }
    return on_link;
}

// A refused gateway of the default route would cost the whole lease, one of another route a try again and again.
std::vector<ClasslessRoute> with_gateways_in(Prefix subnet, std::vector<ClasslessRoute> routes, OptionCode code,
                                             Remarks& remarks) {
    std::erase_if(routes, [&](const ClasslessRoute& route) {
        if (can_be_in(route.gateway, subnet)) return false;
        remark_no_host(remarks, code, route.gateway, subnet);
        return true;
    });
    return routes;
}

std::vector<ClasslessRoute> routes_as_given(const Options& options, Ipv4Address own, Prefix subnet, bool ms_routes,
                                            Remarks& remarks) {
    const auto classless = [&](OptionCode code) {
        return with_gateways_in(
            subnet, classless_routes_in(options, code, remarks).value_or(std::vector<ClasslessRoute>()), code, remarks);
    };
    if (auto routes = classless(OptionCode::classless_static_route); !routes.empty()) return routes;
    if (ms_routes) {
        if (auto routes = classless(OptionCode::ms_classless_static_route); !routes.empty()) return routes;
    } else if (options.has(OptionCode::ms_classless_static_route)) {
        remark(remarks, OptionCode::ms_classless_static_route,
               "is not obeyed: that takes --ms-routes, or ms_routes = true in the config");
    }
    auto routes = with_gateways_in(subnet, static_routes_in(options, remarks), OptionCode::static_route, remarks);
    if (const auto way_out = default_route(options, own, subnet, remarks)) routes.push_back(*way_out);
    return routes;
}

}  // namespace

std::vector<ClasslessRoute> static_routes_in(const Options& options, Remarks& remarks) {
    constexpr auto kCode = OptionCode::static_route;
    std::vector<ClasslessRoute> routes;
    std::size_t left_out = 0;
    ByteReader in(whole_entries(options, kCode, kStaticRouteSize, remarks));
    while (!in.at_end()) {
        const auto destination = Ipv4Address::from_integer(in.u32());
        const auto gateway = Ipv4Address::from_integer(in.u32());
        if (destination.is_host() && gateway.is_host() && routes.size() < kMaxRoutes)
            routes.push_back({classful_destination(destination), gateway});
        else
            ++left_out;
    }
    if (left_out > 0) remark(remarks, kCode, {"has ", std::to_string(left_out), " that cannot be used: left out"});
    return routes;
}

std::optional<std::vector<ClasslessRoute>> classless_routes_in(const Options& options, OptionCode code,
                                                               Remarks& remarks) {
    const auto value = options.find(code);
    if (!value) return std::nullopt;
    std::size_t left_out = 0;
    auto routes = value->empty() ? std::nullopt : parse_classless_routes(*value, &left_out);
    if (!routes) remark(remarks, code, fault_of_classless(*value) + ": all of it is ignored");
    if (left_out > 0) remark(remarks, code, {"has ", std::to_string(left_out), " that cannot be used: left out"});
    return routes;
}

std::vector<ClasslessRoute> routes_in(const Options& options, Ipv4Address own, Prefix subnet, bool ms_routes,
                                      Remarks& remarks) {
    auto routes = routes_as_given(options, own, subnet, ms_routes, remarks);
    for (auto& route : routes) {
        if (route.gateway == own) route.gateway = {};
    }
    return routes;
}

bool has_usable_router(const Options& options, Ipv4Address own, Prefix subnet) {
    Remarks unsaid;
    return default_route(options, own, subnet, unsaid).has_value();
}

}  // namespace nlinit::dhcp
