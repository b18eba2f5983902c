// A boot's network: started before the plan is carried out, waited for after it, and followed from then on.
#include <utility>

#include "app/pid1/boot.hpp"
#include "app/pid1/boot_steps.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kChildrenLimit = std::chrono::seconds(1);  // each has only to end

}  // namespace

// Twice where the image's config, which is read after the switch of the root, wants it otherwise than the initramfs's.
void Boot::start_network() {
    if (!network_) network_ = std::make_unique<NetworkSetup>(loop_, [this] { on_network_change(); });
    const auto& config = boot_config_.config;
    network_->wish(config.network);
    attempt_("start the network", [&]() -> Result<> {
        const auto started = network_->change(config.network.interfaces, dhcp_settings_of(config));
        return started.ok() ? Result<>() : Result<>(started.error());
    });
    on_network_change();
}

DhcpSettings Boot::dhcp_settings_of(const config::Config& config) {
    auto settings = dhcp_settings(config);
    settings.run_errand = [this](const std::string& path, Errand errand) { run_on_disks(path, std::move(errand)); };
    return settings;
}

// Until the plan is carried out the path may lead into the initramfs, or to what a mount is to cover.
void Boot::run_on_disks(const std::string& path, Errand errand) {
    if (plan_done_) return quiet_errands_.run(path, std::move(errand));
    wait_for_disks_.insert_or_assign(path, std::move(errand));
}

void Boot::run_what_waits_for_disks() {
    for (auto& [path, errand] : std::exchange(wait_for_disks_, {})) quiet_errands_.run(path, std::move(errand));
}

// For all that are not optional, up to the time limit; for those of them that are not there at all, up to theirs.
bool Boot::wait_for_network() {
    const auto& network = boot_config_.config.network;
    if (network.interfaces.empty()) return true;
    if (auto following = network_->follow_links(); !following.ok()) log::error("net", to_string(following.error()));
    loop_.arm(network_timer_, diary_.started_at() + network.timeout);
    if (!network.wait) return true;
    waiting_for_network_since_ = BootClock::now();
    loop_.arm(link_timer_, diary_.started_at() + network.link_timeout);
    look_at_network();
    return false;
}

// When its links change or their time is over.
void Boot::look_at_network() {
    if (!waiting_for_network_since_) return;
    const auto link_deadline = diary_.started_at() + boot_config_.config.network.link_timeout;
    if (network_->is_settled(BootClock::now() >= link_deadline)) end_wait();
}

// The network is as it should be, or its time is over. One that nobody waits for is looked for all the same.
void Boot::end_wait() {
    loop_.arm(network_timer_, std::nullopt);
    if (!waiting_for_network_since_) return tell_of_missing_network();
    const TimePoint since = *std::exchange(waiting_for_network_since_, std::nullopt);
    if (ending()) return;
    tell_of_unmet_wishes();
    const bool is_settled = network_->is_settled();
    attempt_.record({.step = "wait for the network",
                     .started_at = since,
                     .ended_at = BootClock::now(),
                     .importance = Importance::ordinary,
                     .error = is_settled ? std::nullopt
                                         : std::optional(Error{
                                               0, missing_network() + "; the boot goes on, and so does the network"})});
    go_on();
}

// The payload finds resolv.conf as the lease has it, and, as PID 1, no child of another's to reap.
bool Boot::wait_for_children() {
    look_for_payload();
    waiting_for_children_ = true;
    look_at_children();
    return false;
}

// One that a dead disk holds may never end.
void Boot::look_at_children() {
    if (!waiting_for_children_ || !errands_.idle()) return;
    const TimePoint now = BootClock::now();
    const bool has_shell = shell_ && shell_->running();
    const bool wants_none =
        boot_config_.config.payload.handoff == config::Handoff::exec && !has_shell && sys::has_children();
    if (wants_none && !children_until_) loop_.arm(look_timer_, *(children_until_ = now + kChildrenLimit));
    if (wants_none && now < *children_until_) return;
    waiting_for_children_ = false;
    go_on();
}

void Boot::on_idle() {
    look_at_children();
    tell_if_ready();
}

void Boot::tell_of_unmet_wishes() {
    for (const auto& sentence : network_->unmet_wishes()) log::error("net", sentence);
}

void Boot::tell_of_missing_network() {
    if (ending()) return;
    tell_of_unmet_wishes();
    if (const auto missing = missing_network(); !missing.empty()) log::error("net", missing + "; it is tried on");
}

void Boot::on_network_change() {
    if (!network_) return;
    diary_.look_at(network_.get(), payload_.get());
    tell_network();
    // By a turn of the loop: whoever tells of the change has not done yet.
    if (waiting_for_network_since_) loop_.arm(look_timer_, BootClock::now());
    if (!plan_done_) return;
    write_network_files();
    report_.changed();
    tell_if_ready();
}

// What the lease says, where it is to be taken: the host name, which /etc/hosts follows, and the name servers. A lease
// without name servers leaves those that are there. Search domains of the config's come before the lease's.
void Boot::write_network_files() {
    const auto* uplink = network_->uplink();
    if (uplink == nullptr) return;
    const auto plan = uplink->plan();
    const auto& own_search = boot_config_.config.network.search_domains;
    if (boot_config_.config.network.dns_from_lease && !plan.name_servers.empty())
        write_resolv_conf(plan.name_servers, own_search.empty() ? plan.search_domains : own_search);
    take_hostname(*uplink);
}

void Boot::take_hostname(const InterfaceSetup& uplink) {
    const auto name = uplink.hostname();
    if (name.empty() || name == sys::hostname() || keeper_) return;  // a keeper may not set it
    if (const auto done = sys::set_hostname(name); !done.ok()) return log::error("net", to_string(done.error()));
    const auto& config = boot_config_.config;
    if (config.system.hosts && !plan::has_row(config, plan::kHostsPath))
        write_apart(std::string(plan::kHostsPath), write_hosts);
}

// Once for the same content: the network changes more often than its name servers do.
void Boot::write_resolv_conf(const std::vector<NameServer>& name_servers,
                             const std::vector<std::string>& search_domains) {
    if (plan::has_row(boot_config_.config, plan::kResolvConfPath)) return;
    auto content = plan::resolv_conf_content(name_servers, search_domains);
    if (content == resolv_conf_) return;
    resolv_conf_ = std::move(content);
    if (const auto sentence = plan::unread_name_servers(name_servers); !sentence.empty()) log::info("net", sentence);
    write_apart(std::string(plan::kResolvConfPath),
                [=] { return app::write_resolv_conf(name_servers, search_domains); });
}

// The root may be on a disk that is dead.
void Boot::write_apart(const std::string& path, std::function<Result<>()> write) {
    const auto work = [write = std::move(write)]() -> Result<std::string> {
        const auto written = write();
        if (!written.ok()) return written.error();
        return std::string();
    };
    const auto on_end = [this, path](const Result<std::string>& answer) {
        if (answer.ok()) return;
        if (path == plan::kResolvConfPath) resolv_conf_.clear();  // the next change tries again
        log::error("net", to_string(answer.error()));
    };
    errands_.run(path, {.subject = "write " + path, .work = work, .on_end = on_end});
}

}  // namespace nlinit::app
