// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/inheritance.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "nlinit/dhcp/lease_options.hpp"

namespace nlinit::dhcp {
namespace {

using enum OptionCode;

// What holds until something else is said, but for the routes.
constexpr std::array kLasting{subnet_mask,   name_server, host_name,     domain_name,
                              interface_mtu, ntp_server,  captive_portal};

// An option that means something beside another one.
struct Follower {
    OptionCode code, leader;
};
constexpr std::array<Follower, 2> kFollowers{{{broadcast_address, subnet_mask}, {domain_search, domain_name}}};

constexpr std::array kRoutes{classless_static_route, ms_classless_static_route, static_route, router};

// Of the message or of this one grant, whoever asked for it: 50 to 59, and
constexpr std::array kOfTheMessage{client_identifier, rapid_commit,        OptionCode{82},
                                   OptionCode{90},    ipv6_only_preferred, OptionCode{145}};

bool belongs_to_the_message(OptionCode code) {
    return (code >= requested_address && code <= rebinding_time) ||
           std::ranges::find(kOfTheMessage, code) != kOfTheMessage.end();
}

bool has_classless(const Options& options, bool ms_routes) {
    return is_of_use(options, classless_static_route) || (ms_routes && is_of_use(options, ms_classless_static_route));
}

bool has_router_of(const Options& options, const Options& before) {
    const auto old_router = before.find(router);
    return old_router && std::ranges::equal(*options.find(router), *old_router);
}

class Heir {
  public:
    Heir(Options& options, const Options& before) : options_(options), before_(before) {}

    void take(OptionCode code) {
        if (is_of_use(options_, code) || !is_of_use(before_, code)) return;
        options_.set(code, *before_.find(code));
        taken_.push_back(code);
    }
    // Before the leader itself is taken over.
    void take(const Follower& follower) {
        const auto old_leader = before_.find(follower.leader);
        const bool other = is_of_use(options_, follower.leader) &&
                           !(old_leader && std::ranges::equal(*options_.find(follower.leader), *old_leader));
        if (!other) take(follower.code);
    }
    void take_routes(bool ms_routes) {
        if (has_classless(options_, ms_routes)) return;
        if (is_of_use(options_, router)) {
            // The router that they came with is no word against the other routes; another one is.
            if (!has_router_of(options_, before_)) return;
            if (has_classless(before_, ms_routes)) {
                take(classless_static_route);
                take(ms_classless_static_route);
            } else {
                take(static_route);
            }
            return;
        }
        if (is_of_use(options_, static_route)) {
            if (!has_classless(before_, ms_routes)) take(router);
            return;
        }
        for (const auto code : kRoutes) take(code);
    }
    [[nodiscard]] std::vector<OptionCode> taken() && { return std::move(taken_); }

  private:
    Options& options_;
    const Options& before_;
    std::vector<OptionCode> taken_;
};

}  // namespace

std::vector<OptionCode> inherit(Options& options, const Options& before, bool ms_routes,
                                std::span<const std::uint8_t> more) {
    Heir heir(options, before);
    for (const auto& follower : kFollowers) heir.take(follower);
    for (const auto code : kLasting) heir.take(code);
    heir.take_routes(ms_routes);
    for (const auto number : more) {
        const OptionCode code{number};
        const bool is_route = std::ranges::find(kRoutes, code) != kRoutes.end();
        const bool follows = std::ranges::find(kFollowers, code, &Follower::code) != kFollowers.end();
        if (!belongs_to_the_message(code) && !is_route && !follows) heir.take(code);
    }
    auto taken = std::move(heir).taken();
    std::ranges::sort(taken);
    return taken;
}

std::optional<OptionCode> given_up_for_router(const Options& options, const Options& before, bool ms_routes) {
    if (has_classless(options, ms_routes) || !is_of_use(options, router) || has_router_of(options, before)) return {};
    for (const auto code : {classless_static_route, ms_classless_static_route, static_route}) {
        const bool is_read = code != ms_classless_static_route || ms_routes;
        if (is_read && is_of_use(before, code)) return is_of_use(options, code) ? std::nullopt : std::optional(code);
    }
    return {};
}

}  // namespace nlinit::dhcp
