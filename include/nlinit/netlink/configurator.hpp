// SPDX-License-Identifier: Apache-2.0
// Makes a link look like its NetworkPlan, by difference and in one send.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/routes.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// A sentence for the log when the device cannot have the wanted MTU and gets another one; else an empty text.
[[nodiscard]] std::string clamping_of(const Link& link, const NetworkPlan& wanted);

// A server's route that the kernel has refused.
struct RefusedRoute {
    Route route;
    Error error;
};

class Configurator {
  public:
    explicit Configurator(Socket& socket) noexcept : socket_(socket) {}

    // The configuration that the first plan replaces, as udhcpc's usual script does: every address and default route of
    // the link in these families, except those that the kernel has made of a router's advertisement.
    [[nodiscard]] Result<NetworkPlan> stale(LinkIndex link, std::span<const Family> families);

    // Changes the link from `current` to `wanted`. A request that fails is sent once more by itself, because the order
    // of a plan is not always the order that the kernel needs; the result lists the requests that failed twice. An MTU
    // beyond the device's limits is set to the limit. A refused request that was only advice is not in the result;
    // refused_mtu() and refused_routes() list those.
    [[nodiscard]] std::vector<Error> apply(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted,
                                           RouteOrigin origin);
    // The results of the last apply().
    [[nodiscard]] const std::optional<Error>& refused_mtu() const noexcept { return refused_mtu_; }
    [[nodiscard]] const std::vector<RefusedRoute>& refused_routes() const noexcept { return refused_routes_; }
    [[nodiscard]] std::optional<std::uint32_t> mtu_set() const noexcept { return mtu_set_; }
    // Makes the requests of apply() and does not send them.
    static void rehearse(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted, RouteOrigin origin);

  private:
    Socket& socket_;
    std::optional<Error> refused_mtu_;
    std::vector<RefusedRoute> refused_routes_;
    std::optional<std::uint32_t> mtu_set_;
};

}  // namespace nlinit::netlink
