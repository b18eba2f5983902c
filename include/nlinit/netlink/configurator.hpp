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

// A sentence where the device cannot have the MTU that is wanted, and another is set; else nothing.
[[nodiscard]] std::string clamping_of(const Link& link, const NetworkPlan& wanted);

// A server's route, which the kernel would not take.
struct RefusedRoute {
    Route route;
    Error error;
};

class Configurator {
  public:
    explicit Configurator(Socket& socket) noexcept : socket_(socket) {}

    // What a first bind replaces, as udhcpc's usual script does: every address and default route of the link, of these
    // families, but what the kernel has made of a router's advertisement.
    [[nodiscard]] Result<NetworkPlan> stale(LinkIndex link, std::span<const Family> families);

    // From `current` to `wanted`. A request that fails is tried once more by itself, for the order of a plan is not
    // always the order the kernel wants; gives what failed even so. An MTU is clamped to what the device can do.
    // What was refused and was only advice is no failure: it is below.
    [[nodiscard]] std::vector<Error> apply(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted,
                                           RouteOrigin origin);
    // Of the last apply().
    [[nodiscard]] const std::optional<Error>& refused_mtu() const noexcept { return refused_mtu_; }
    [[nodiscard]] const std::vector<RefusedRoute>& refused_routes() const noexcept { return refused_routes_; }
    [[nodiscard]] std::optional<std::uint32_t> mtu_set() const noexcept { return mtu_set_; }
    // The requests of apply(), made and not sent.
    static void rehearse(const Link& link, const NetworkPlan& current, const NetworkPlan& wanted, RouteOrigin origin);

  private:
    Socket& socket_;
    std::optional<Error> refused_mtu_;
    std::vector<RefusedRoute> refused_routes_;
    std::optional<std::uint32_t> mtu_set_;
};

}  // namespace nlinit::netlink
