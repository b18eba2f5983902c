// A boot's network: started before the plan is carried out, waited for after it, and followed from then on.
#include "nlinit/app/boot.hpp"
#include "nlinit/app/boot_steps.hpp"
#include "nlinit/boot/file_plan.hpp"
#include "nlinit/sys/event_scope.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/settings.hpp"

namespace nlinit::app {

// Twice where the image's config, which is read after the switch of the root, wants it otherwise than the initramfs's.
void Boot::start_network() {
    if (!network_) network_ = std::make_unique<NetworkSetup>(loop_, [this] { on_network_change(); });
    const auto& config = boot_config_.config;
    network_->wish(config.network);
    attempt_("start the network", [&]() -> Result<> {
        const auto started = network_->change(config.network.interfaces, dhcp_settings(config));
        return started.ok() ? Result<>() : Result<>(started.error());
    });
}

// For all that are not optional, up to the time limit; for those of them that are not there at all, up to theirs.
void Boot::wait_for_network() {
    const auto& network = boot_config_.config.network;
    if (network.interfaces.empty()) return;
    if (auto following = network_->follow_links(); !following.ok()) log::error("net", to_string(following.error()));
    if (!network.wait) return loop_.arm(network_timer_, diary_.started_at() + network.timeout);
    attempt_("wait for the network", [&]() -> Result<> {
        const sys::TimeLimit limit(loop_, diary_.started_at() + network.timeout);
        const sys::TimeLimit link_limit(loop_, diary_.started_at() + network.link_timeout);
        while (!network_->is_settled(link_limit.passed()) && !limit.passed() && !ending()) loop_.wait();
        tell_of_unmet_wishes();
        if (network_->is_settled()) return {};
        return Error{0, missing_network() + "; the boot goes on, and so does the network"};
    });
}

void Boot::tell_of_unmet_wishes() {
    for (const auto& sentence : network_->unmet_wishes()) log::error("net", sentence);
}

// A network that nobody waits for is looked for all the same.
void Boot::tell_of_missing_network() {
    if (ending()) return;
    tell_of_unmet_wishes();
    if (const auto missing = missing_network(); !missing.empty()) log::error("net", missing + "; it is tried on");
}

void Boot::on_network_change() {
    if (!network_) return;
    diary_.look_at(network_.get(), payload_.get());
    tell_network();
    if (!plan_done_) return;
    if (const auto* uplink = network_->uplink()) {
        const auto& plan = uplink->plan();
        // A lease without name servers leaves those that are there.
        if (boot_config_.config.network.dns_from_lease && !plan.name_servers.empty())
            write_resolv_conf(plan.name_servers, plan.search_domains);
        take_hostname(*uplink);
    }
    report_.changed();
    tell_if_ready();
}

// Where the lease's is to be taken; the name in /etc/hosts follows.
void Boot::take_hostname(const InterfaceSetup& uplink) {
    const auto name = uplink.hostname();
    if (name.empty() || name == sys::hostname()) return;
    Result<> done = sys::set_hostname(name);
    const auto& config = boot_config_.config;
    if (done.ok() && config.system.hosts && !boot::has_row(config, boot::kHostsPath)) done = write_hosts();
    if (!done.ok()) log::error("net", to_string(done.error()));
}

void Boot::write_resolv_conf(const std::vector<Ipv4Address>& name_servers,
                             const std::vector<std::string>& search_domains) {
    if (boot::has_row(boot_config_.config, boot::kResolvConfPath)) return;
    if (auto written = app::write_resolv_conf(name_servers, search_domains); !written.ok())
        log::error("net", to_string(written.error()));
}

}  // namespace nlinit::app
