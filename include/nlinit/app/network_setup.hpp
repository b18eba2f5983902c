// All interfaces of a configuration at the same time, on one event loop and one netlink socket.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/app/interface_setup.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "nlinit/netlink/socket.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class NetworkSetup {
  public:
    // on_change: some interface came further, or fell back.
    NetworkSetup(sys::EventLoop& loop, DhcpSettings dhcp, std::function<void()> on_change);
    ~NetworkSetup();
    NetworkSetup(const NetworkSetup&) = delete;
    NetworkSetup& operator=(const NetworkSetup&) = delete;

    // Brings up lo and every interface that is there, in one send, with DHCP on its way when this returns. An error
    // only when the kernel does not let us do any of that.
    [[nodiscard]] Result<> start(const std::vector<config::Interface>& wanted);
    // Follows links that appear, go, or change their carrier. Called by start() when something is missing; not needed
    // by a caller who leaves as soon as all is configured.
    [[nodiscard]] Result<> follow_links();
    void renew();  // asks every DHCP server at once
    void stop();

    // Every interface that is not optional has its address.
    [[nodiscard]] bool is_configured() const noexcept;
    // There is nothing to wait for: the same, or the network wants no IPv4.
    [[nodiscard]] bool is_settled() const noexcept;
    // The first one that has not, or the first one.
    [[nodiscard]] const InterfaceSetup* spokesman() const noexcept;
    [[nodiscard]] std::span<const std::unique_ptr<InterfaceSetup>> interfaces() const noexcept { return interfaces_; }
    // Whose name servers count: the first configured interface with a default route.
    [[nodiscard]] const InterfaceSetup* uplink() const noexcept;
    // Of the links when they were last listed: for the sentence that names what is there instead.
    [[nodiscard]] const std::vector<std::string>& names_seen() const noexcept { return names_seen_; }

  private:
    [[nodiscard]] Result<std::vector<Link>> list_links();
    [[nodiscard]] Result<std::vector<Link>> find_links();
    [[nodiscard]] std::vector<LinkIndex> attach_all(std::span<const Link> links);
    [[nodiscard]] bool attach_one(InterfaceSetup& interface, std::span<const Link> links);
    [[nodiscard]] Result<> bring_up(std::vector<LinkIndex> indexes);
    void bring_up_new(std::span<const Link> links);
    void update_all(std::span<const Link> links);
    [[nodiscard]] bool all_required(bool (*is_so)(Progress progress)) const noexcept;
    void read_events();
    void reread();
    [[nodiscard]] InterfaceSetup* owner_of(LinkIndex index) noexcept;

    sys::EventLoop& loop_;
    DhcpSettings dhcp_;
    std::function<void()> on_change_;
    std::optional<netlink::Socket> netlink_;
    std::optional<netlink::LinkMonitor> monitor_;
    std::vector<std::unique_ptr<InterfaceSetup>> interfaces_;
    std::vector<std::string> names_seen_;
};

}  // namespace nlinit::app
