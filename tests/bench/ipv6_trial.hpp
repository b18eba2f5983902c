// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "guest.hpp"
#include "link_settings.hpp"
#include "name_file.hpp"
#include "process.hpp"
#include "router_tap.hpp"

namespace bench {

// The network that a client brings IPv6 to, and what tells how far it is.
class Ipv6Guest {
  public:
    explicit Ipv6Guest(const std::string& interface);
    ~Ipv6Guest();
    Ipv6Guest(const Ipv6Guest&) = delete;
    Ipv6Guest& operator=(const Ipv6Guest&) = delete;

    // As a client finds it in a fresh machine: the link down, its settings those of the kernel, and no event unread.
    void reset();

    // Readable as rtnetlink.hpp says.
    [[nodiscard]] int carrier_events() const noexcept { return guest_.carrier_events(); }
    [[nodiscard]] int address_events() const noexcept { return address_events_; }
    [[nodiscard]] int route_events() const noexcept { return route_events_; }
    [[nodiscard]] const RouterTap& tap() const noexcept { return tap_; }

  private:
    Guest guest_;
    LinkSettings settings_;
    RouterTap tap_;
    int address_events_ = -1;
    int route_events_ = -1;
};

// What one run took, from carrier until IPv6 could be used: an address that is not tentative, or that is optimistic, a
// default route, and the name server where the client writes it. The three parts are the whole.
struct Ipv6Trial {
    Duration to_solicitation{};       // from carrier to the last one that the client sent before the advertisement
    Duration to_advertisement{};      // from that on: the router, which may wait up to half a second (RFC 4861 6.2.6)
    Duration to_usable{};             // from the advertisement on
    std::optional<Duration> to_exit;  // from the advertisement on, where the client ends by itself

    [[nodiscard]] Duration whole() const { return to_solicitation + to_advertisement + to_usable; }
    [[nodiscard]] Duration without_router() const { return to_solicitation + to_usable; }
};

// Nothing if the client failed or took too long. What it leaves running is killed.
[[nodiscard]] std::optional<Ipv6Trial> run_ipv6(const Command& command, const Ipv6Guest& guest, const NameFile& names,
                                                std::optional<std::size_t> client_cpu);

}  // namespace bench
