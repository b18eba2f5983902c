// A boot's network: started before the plan is carried out, waited for after it, and followed from then on.
#include "nlinit/app/boot.hpp"
#include "nlinit/boot/file_plan.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/settings.hpp"

namespace nlinit::app {
namespace {

DhcpSettings dhcp_settings(const config::Config& config) {
    DhcpSettings settings{config.network.dhcp};
    if (settings.common.hostname.empty()) settings.common.hostname = config.system.hostname;
    return settings;
}

}  // namespace

// The image's config, which is read after the switch of the root, may want it otherwise than the initramfs's did.
bool Boot::network_has_changed() const {
    const auto& config = boot_config_.config;
    return config.network.interfaces != started_interfaces_ || dhcp_settings(config).common != started_dhcp_;
}

void Boot::start_network() {
    started_interfaces_ = boot_config_.config.network.interfaces;
    started_dhcp_ = dhcp_settings(boot_config_.config).common;
    network_ =
        std::make_unique<NetworkSetup>(loop_, dhcp_settings(boot_config_.config), [this] { on_network_change(); });
    attempt_("start the network", [&] { return network_->start(started_interfaces_); });
}

void Boot::wait_for_network() {
    const auto& network = boot_config_.config.network;
    if (network.interfaces.empty()) return;
    if (auto following = network_->follow_links(); !following.ok()) log::warning("net", to_string(following.error()));
    if (!network.wait) return;
    attempt_("wait for the network", [&]() -> Result<> {
        bool timed_out = false;
        const auto timer = loop_.add_timer([&] { timed_out = true; });
        const auto link_timer = loop_.add_timer([&] {
            timed_out |= !network_->is_configured() && network_->spokesman()->progress() == Progress::no_interface;
        });
        loop_.arm(timer, started_at_ + network.timeout);
        loop_.arm(link_timer, started_at_ + network.link_timeout);
        while (!network_->is_settled() && !timed_out && !ending()) loop_.wait();
        loop_.remove_timer(timer);
        loop_.remove_timer(link_timer);
        if (network_->is_settled()) return {};
        return Error{0, network_->spokesman()->describe() + "; the boot goes on, and so does the network"};
    });
}

void Boot::on_network_change() {
    if (!network_) return;
    if (!plan_done_) return;
    if (const auto* uplink = network_->uplink()) {
        write_resolv_conf(*uplink);
        take_hostname(*uplink);
    }
    write_report();
    tell_if_ready();
}

// Where the lease's is to be taken; the name in /etc/hosts follows.
void Boot::take_hostname(const InterfaceSetup& uplink) {
    const auto name = uplink.hostname();
    if (name.empty() || name == sys::hostname()) return;
    Result<> done = sys::set_hostname(name);
    const auto& config = boot_config_.config;
    const bool writes_hosts = config.system.hosts && !boot::has_row(config, boot::kHostsPath);
    if (done.ok() && writes_hosts) done = sys::write_file(std::string(boot::kHostsPath), boot::hosts_content(name));
    if (!done.ok()) log::warning("net", to_string(done.error()));
}

// The lease's name servers are written over the plan's; a lease without any leaves those.
void Boot::write_resolv_conf(const InterfaceSetup& uplink) {
    const auto& plan = uplink.plan();
    const bool wanted = boot_config_.config.network.dns_from_lease && !plan.name_servers.empty();
    if (!wanted || boot::has_row(boot_config_.config, boot::kResolvConfPath)) return;
    const auto text = boot::resolv_conf_content(plan.name_servers, plan.search_domains);
    if (auto written = sys::write_file(std::string(boot::kResolvConfPath), text); !written.ok())
        log::warning("net", to_string(written.error()));
}

}  // namespace nlinit::app
