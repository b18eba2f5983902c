#include "nlinit/app/interface_setup.hpp"

#include <array>

#include "nlinit/net/route_plan.hpp"
#include "nlinit/netlink/configurator.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

void write_sysctls(const config::Interface& wanted, const Link& link) {
    for (const auto& [key, value] : wanted.sysctl) {
        // Slashes, so that a dot in an interface's name stays one (sysctl(8)).
        if (auto done = sys::write_sysctl("net/ipv4/conf/" + link.name + '/' + key, value); !done.ok())
            log::warning("net", to_string(done.error()));
    }
}

std::string address_and_gateway(const NetworkPlan& plan) {
    std::string text;
    for (const auto& address : plan.addresses) text += (text.empty() ? "" : ", ") + to_string(address);
    for (const auto& route : plan.routes) {
        if (route.destination.is_default()) text += ", " + to_string(route);
    }
    return text;
}

}  // namespace

std::string_view name_of(Progress progress) noexcept {
    constexpr std::array<std::string_view, 6> kNames{"no_interface", "no_carrier",        "no_lease",
                                                     "ipv6_only",    "refused_by_kernel", "configured"};
    return kNames[static_cast<std::size_t>(progress)];
}

NetworkPlan fixed_plan(const config::Interface& wanted) {
    NetworkPlan plan;
    plan.addresses = wanted.addresses;
    plan.mtu = wanted.mtu;
    auto routes = wanted.routes;
    if (wanted.gateway && wanted.default_route) routes.push_back({Prefix{}, wanted.gateway, std::nullopt, 0});
    if (!plan.addresses.empty()) plan.routes = complete_routes(plan.addresses.front(), routes, wanted.metric);
    for (std::size_t i = 1; i < plan.addresses.size(); ++i) {
        for (auto& route : complete_routes(plan.addresses[i], {}, wanted.metric)) plan.routes.push_back(route);
    }
    return plan;
}

InterfaceSetup::InterfaceSetup(sys::EventLoop& loop, netlink::Socket& netlink, config::Interface wanted,
                               DhcpSettings dhcp, std::function<void()> on_change)
    : loop_(loop),
      netlink_(netlink),
      wanted_(std::move(wanted)),
      dhcp_(std::move(dhcp)),
      on_change_(std::move(on_change)) {}

dhcp_io::Session::Settings InterfaceSetup::session_settings() const {
    dhcp_io::Session::Settings settings;
    settings.client = client_config(dhcp());
    settings.routes.default_route = wanted_.default_route;
    settings.routes.metric = wanted_.metric;
    settings.routes.forever = dhcp_.forever;
    settings.capture = dhcp_.capture;
    settings.lease_file = lease_file_of(dhcp(), link_->name);
    return settings;
}

void InterfaceSetup::attach(const Link& link) {
    link_ = link;
    failures_.clear();
    write_sysctls(wanted_, link);
    if (wanted_.method != config::Method::dhcp) return;
    session_ = std::make_unique<dhcp_io::Session>(loop_, netlink_, link, session_settings(), on_change_);
    if (auto opened = session_->open(); !opened.ok()) {
        log::error("dhcp", to_string(opened.error()));
        failures_.push_back(opened.error());
    }
}

void InterfaceSetup::update(const Link& link) {
    const bool new_hardware = link_ && link_->mac != link.mac;
    if (new_hardware) {
        log::info("net", link.name + ": hardware address is now " + link.mac.to_string());
        attach(link);
    }
    link_ = link;
    if (link.carrier && !carrier_at_) carrier_at_ = BootClock::now();
    if (session_) session_->update(link);
    if (!link.admin_up) fixed_at_.reset();  // the kernel dropped the routes
    // The kernel takes addresses and routes of a link without carrier; nothing is gained by waiting.
    if (wanted_.method == config::Method::fixed && link.admin_up && !fixed_at_) apply_fixed();
}

void InterfaceSetup::detach() {
    if (link_) log::warning("net", link_->name + ": the interface is gone");
    session_.reset();
    link_.reset();
    carrier_at_.reset();
    fixed_at_.reset();
    on_change_();
}

void InterfaceSetup::renew() {
    if (session_) session_->renew();
}

void InterfaceSetup::stop() {
    if (session_) session_->stop();
}

void InterfaceSetup::apply_fixed() {
    netlink::Configurator configurator(netlink_);
    fixed_plan_ = fixed_plan(wanted_);
    const auto stale = configurator.stale(link_->index);
    failures_ =
        configurator.apply(*link_, stale.ok() ? *stale : NetworkPlan{}, fixed_plan_, netlink::RouteOrigin::fixed);
    for (const auto& failure : failures_) log::warning("net", link_->name + ": " + to_string(failure));
    fixed_at_ = BootClock::now();
    on_change_();
}

Progress InterfaceSetup::progress() const noexcept {
    if (!link_) return Progress::no_interface;
    if (!failures().empty()) return Progress::refused_by_kernel;
    if (wanted_.method == config::Method::none) return Progress::configured;
    if (wanted_.method == config::Method::fixed) return fixed_at_ ? Progress::configured : Progress::no_carrier;
    if (session_ && session_->configured()) return Progress::configured;
    if (session_ && session_->client().state() == dhcp::State::ipv6_only) return Progress::ipv6_only;
    return link_->carrier ? Progress::no_lease : Progress::no_carrier;
}

const NetworkPlan& InterfaceSetup::plan() const noexcept {
    return session_ ? session_->plan() : fixed_plan_;
}

const std::vector<Error>& InterfaceSetup::failures() const noexcept {
    return failures_.empty() && session_ ? session_->failures() : failures_;
}

std::optional<TimePoint> InterfaceSetup::configured_at() const noexcept {
    return session_ ? session_->configured_at() : fixed_at_;
}

// "localhost" for a name would lead this host's own name back to itself, and whoever asks for it too.
std::string InterfaceSetup::hostname() const {
    const auto* lease = session_ ? session_->client().lease() : nullptr;
    if (lease == nullptr || !dhcp().use_hostname || lease->host_name.starts_with("localhost")) return {};
    return lease->host_name;
}

std::string InterfaceSetup::describe() const {
    switch (progress()) {
        case Progress::no_interface:
            return wanted_.match == "primary" ? "no network interface fits" : "there is no interface " + wanted_.match;
        case Progress::no_carrier:
            return link_->name + ": no carrier: is the other end of the link up?";
        case Progress::no_lease:
            return "no DHCP lease: " + session_->diagnosis();
        case Progress::ipv6_only:
            return link_->name + ": the network wants no IPv4 (DHCP option 108)";
        case Progress::refused_by_kernel:
            return link_->name + ": " + to_string(failures().front());
        case Progress::configured:
            return link_->name + ": " + address_and_gateway(plan());
    }
    return {};
}

}  // namespace nlinit::app
