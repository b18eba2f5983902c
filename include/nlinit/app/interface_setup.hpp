// One [[network.interface]]: from the link that it names to an address on it, by DHCP or as written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/app/dhcp_settings.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/dhcp_io/session.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

// How far an interface has come; what it is waiting for, or why it cannot go on.
enum class Progress : std::uint8_t { no_interface, no_carrier, no_lease, ipv6_only, refused_by_kernel, configured };
std::string_view name_of(Progress progress) noexcept;

class InterfaceSetup {
  public:
    InterfaceSetup(sys::EventLoop& loop, netlink::Socket& netlink, config::Interface wanted, DhcpSettings dhcp,
                   std::function<void()> on_change);

    [[nodiscard]] const config::Interface& wanted() const noexcept { return wanted_; }
    [[nodiscard]] const Link* link() const noexcept { return link_ ? &*link_ : nullptr; }
    [[nodiscard]] const dhcp_io::Session* session() const noexcept { return session_.get(); }  // nullptr: no DHCP
    [[nodiscard]] Progress progress() const noexcept;
    [[nodiscard]] const NetworkPlan& plan() const noexcept;
    [[nodiscard]] const std::vector<Error>& failures() const noexcept;
    [[nodiscard]] std::optional<TimePoint> carrier_at() const noexcept { return carrier_at_; }
    [[nodiscard]] std::optional<TimePoint> configured_at() const noexcept;
    // The name that the lease gives this host; empty when there is none, or it is not to be taken.
    [[nodiscard]] std::string hostname() const;
    // One sentence: what is there, or what is missing and what was tried.
    [[nodiscard]] std::string describe() const;

    // The link to work on, found but perhaps still down: opens what must be open before it goes up.
    void attach(const Link& link);
    // The link as it is now.
    void update(const Link& link);
    void detach();  // it is gone
    void renew();
    void stop();

  private:
    [[nodiscard]] const config::Dhcp& dhcp() const noexcept { return wanted_.dhcp ? *wanted_.dhcp : dhcp_.common; }
    [[nodiscard]] dhcp_io::Session::Settings session_settings() const;
    void apply_fixed();

    sys::EventLoop& loop_;
    netlink::Socket& netlink_;
    config::Interface wanted_;
    DhcpSettings dhcp_;
    std::function<void()> on_change_;
    std::optional<Link> link_;
    std::unique_ptr<dhcp_io::Session> session_;
    NetworkPlan fixed_plan_;
    std::vector<Error> failures_;  // of the sockets, or of a fixed configuration
    std::optional<TimePoint> carrier_at_, fixed_at_;
};

// Address, routes and the rest of an interface with method "static".
[[nodiscard]] NetworkPlan fixed_plan(const config::Interface& wanted);

}  // namespace nlinit::app
