// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/configurator.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>

#include "nlinit/base/append.hpp"
#include "nlinit/netlink/addresses.hpp"
#include "nlinit/netlink/links.hpp"

namespace nlinit::netlink {
namespace {

// Makes a request, once more when it has to be sent again.
struct Step {
    std::function<Request()> make;
    bool removal = false;
    bool advice = false;
    std::optional<Route> route = {};  // that it adds
};

std::uint32_t as_the_device_can(const Link& link, std::uint16_t mtu) {
    const std::uint32_t highest = link.max_mtu == 0 ? UINT16_MAX : link.max_mtu;
    return std::clamp<std::uint32_t>(mtu, std::min(link.min_mtu, highest), highest);
}

std::optional<std::uint32_t> mtu_to_set(const Link& link, const NetworkPlan& wanted) {
    if (!wanted.mtu) return std::nullopt;
    const std::uint32_t mtu = as_the_device_can(link, *wanted.mtu);
    // Setting the same MTU again makes some drivers drop the carrier, and then everything starts again.
    if (mtu == link.mtu) return std::nullopt;
    return mtu;
}

// The order leaves no moment at which an address that stays is missing.
std::vector<Step> steps_for(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted,
                            RouteOrigin origin) {
    const NetworkChanges changes = diff(current, wanted);
    const LinkIndex index = link.index;
    std::vector<Step> steps;
    if (const auto mtu = mtu_to_set(link, wanted))
        steps.push_back({[=] { return make_set_mtu(index, *mtu); }, false, wanted.mtu_is_advice});
    for (const auto& address : changes.addresses_in_the_way)
        steps.push_back({[=] { return make_remove_address(index, address); }, true});
    for (const auto& address : changes.addresses_to_add)
        steps.push_back({[=] { return make_add_address(index, address); }});
    for (const auto& route : changes.routes_to_add)
        steps.push_back({[=] { return make_add_route(index, route, origin); }, false, route.is_advice, route});
    for (const auto& route : changes.routes_to_remove)
        steps.push_back({[=] { return make_remove_route(index, route); }, true});
    for (const auto& address : changes.addresses_to_remove)
        steps.push_back({[=] { return make_remove_address(index, address); }, true});
    return steps;
}

std::vector<Request> make_all(const std::vector<Step>& steps) {
    std::vector<Request> batch;
    batch.reserve(steps.size());
    for (const auto& step : steps) batch.push_back(step.make());
    return batch;
}

// A removal may fail because the object is gone: the kernel removes an address's routes with it.
bool matters(const Step& step, const Error& error) {
    return !step.removal || (error.code != ESRCH && error.code != EADDRNOTAVAIL);
}

}  // namespace

std::string clamping_of(const Link& link, const NetworkPlan& wanted) {
    const std::uint32_t mtu = wanted.mtu ? as_the_device_can(link, *wanted.mtu) : 0;
    if (!wanted.mtu || mtu == *wanted.mtu) return {};
    const std::string limit = mtu < *wanted.mtu ? "more than the " : "less than the ";
    return concat({"an MTU of ", std::to_string(*wanted.mtu), " is ", limit, std::to_string(mtu), " that ", link.name,
                   " can have: it gets ", std::to_string(mtu)});
}

Result<NetworkPlan> Configurator::stale(LinkIndex link, std::span<const Family> families) {
    NetworkPlan plan;
    for (const auto family : families) {
        const auto addresses = list_addresses(socket_, link, family);
        if (!addresses.ok()) return addresses.error();
        if (addresses->empty() && family == Family::kIpv4) continue;  // and so no route with a gateway
        auto routes = list_stale_routes(socket_, link, family);
        if (!routes.ok()) return routes.error();
        // The kernel gives lo its loopback addresses by itself, so no earlier configuration has left them.
        std::ranges::copy_if(*addresses, std::back_inserter(plan.addresses),
                             [](const InterfaceAddress& address) { return !address.local.is_loopback(); });
        std::ranges::move(*routes, std::back_inserter(plan.routes));
    }
    return plan;
}

std::vector<Error> Configurator::apply(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted,
                                       RouteOrigin origin) {
    const auto steps = steps_for(link, current, wanted, origin);
    auto batch = make_all(steps);
    std::vector<Error> still_failing;
    refused_mtu_.reset();
    refused_routes_.clear();
    mtu_set_ = mtu_to_set(link, wanted);
    for (const auto& failure : socket_.transact(batch)) {
        const Step& step = steps[failure.request];
        if (!matters(step, failure.error)) continue;
        auto again = socket_.transact(step.make());
        if (again.ok() || !matters(step, again.error())) continue;
        const bool is_mtu = mtu_set_ && failure.request == 0;
        if (is_mtu) mtu_set_.reset();
        if (!step.advice) {
            still_failing.push_back(again.error());
        } else if (step.route) {
            refused_routes_.push_back({*step.route, again.error()});
        } else {
            refused_mtu_ = again.error();
        }
    }
    return still_failing;
}

void Configurator::rehearse(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted,
                            RouteOrigin origin) {
    static_cast<void>(make_all(steps_for(link, current, wanted, origin)));
}

}  // namespace nlinit::netlink
