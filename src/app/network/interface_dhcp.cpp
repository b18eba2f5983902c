// SPDX-License-Identifier: Apache-2.0
// The DHCP clients of an interface, and the file that the lease of DHCP is kept in.
#include <string_view>
#include <utility>

#include "app/network/interface_setup.hpp"
#include "nlinit/net/route_plan.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

bool is_localhost(std::string_view name) {
    return name == "localhost" || name.starts_with("localhost.");
}

}  // namespace

dhcp::RoutePreferences InterfaceSetup::route_preferences() const {
    dhcp::RoutePreferences preferences;
    preferences.default_route = wanted_.default_route;
    preferences.accept_routes = wanted_.accept_routes;
    preferences.metric = metric();
    preferences.forever = dhcp_.forever;
    preferences.mtu = wanted_.mtu;
    preferences.routes = routes_of(Family::kIpv4, wanted_.routes);
    preferences.claims = claims_;
    return preferences;
}

dhcp_io::Session::Settings InterfaceSetup::session_settings() {
    dhcp_io::Session::Settings settings;
    settings.client = client_config(dhcp());
    // Only a host that has IPv6 may say that it does without IPv4 (RFC 8925 3.1).
    const bool may_have_ipv6 = ipv6_ != nullptr || wanted_.ipv6 == config::Ipv6::untouched;
    settings.client.ipv6_only_preferred &= may_have_ipv6;
    if (last_lease_ && last_lease_->mac == link_->mac) settings.client.previous_lease = last_lease_->lease;
    settings.routes = route_preferences();
    settings.capture = dhcp_.capture;
    settings.keep_lease = [this](const dhcp::Lease* lease) {
        if (lease_keeper_) lease_keeper_->keep(lease);
    };
    return settings;
}

void InterfaceSetup::start_session() {
    failures_.clear();
    session_ = std::make_unique<dhcp_io::Session>(loop_, netlink_, *link_, session_settings(), on_change_);
    start_lease_file();
    recall_lease();
    if (auto opened = session_->open(); !opened.ok()) {
        log::error("dhcp", {link_->name, ": ", to_string(opened.error())});
        failures_.push_back(opened.error());
    }
}

InterfaceDhcp6::Settings InterfaceSetup::dhcp6_settings() const {
    InterfaceDhcp6::Settings settings;
    settings.client.rapid_commit = dhcp().rapid_commit;
    settings.client.start_delay = dhcp().start_delay;
    settings.client.release_on_stop = dhcp().release;
    settings.forever = dhcp_.forever;
    settings.capture = dhcp_.capture;
    settings.claims = claims_;
    return settings;
}

// The addresses the kernel tells of, as of all others.
void InterfaceSetup::take_dhcp6() {
    const auto* known = dhcp6_->configuration();
    ipv6_->take(known != nullptr ? InterfaceIpv6::NameService{known->name_servers, known->search_domains}
                                 : InterfaceIpv6::NameService{});
    on_change_();
}

void InterfaceSetup::start_lease_file() {
    const auto path = lease_file_of(dhcp(), link_->name);
    lease_keeper_ =
        path.empty() ? nullptr : std::make_unique<LeaseKeeper>(path, link_->name, session_->holder(), dhcp_.run_errand);
}

// Before the session's first packet where the file is read at once. Where its disk is yet to come, DHCP does not wait.
void InterfaceSetup::recall_lease() {
    if (lease_keeper_)
        lease_keeper_->read(client_config(dhcp()).rules, [this](const dhcp::Lease& lease) { session_->recall(lease); });
}

void InterfaceSetup::keep_lease_where_wanted() {
    const auto before = lease_keeper_ ? lease_keeper_->path() : std::string();
    if (lease_file_of(dhcp(), link_->name) == before) return;
    start_lease_file();
    if (lease_keeper_ && session_->client().lease() != nullptr) lease_keeper_->keep(session_->client().lease());
}

std::optional<Error> InterfaceSetup::lease_file_failure() const {
    return lease_keeper_ ? lease_keeper_->failure() : std::nullopt;
}

// "localhost" or what is below it (RFC 6761 6.3) would lead this host's own name back to itself, and whoever asks for
// it too.
std::string InterfaceSetup::hostname() const {
    const auto* lease = session_ ? session_->client().lease() : nullptr;
    if (lease == nullptr || !dhcp().use_hostname || is_localhost(lease->host_name)) return {};
    return lease->host_name;
}

}  // namespace nlinit::app
