// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/network_files.hpp"

#include <utility>

#include "app/pid1/boot_steps.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/settings.hpp"

namespace nlinit::app {

void NetworkFiles::follow(const NetworkSetup& network) {
    const auto* uplink = network.uplink();
    const auto& config = context_.config().network;
    auto service = network.name_service();
    const bool is_withdrawn = service.servers.empty() && service.withdrawn && resolv_conf_ && !resolv_conf_->empty();
    if (uplink == nullptr && !is_withdrawn) return;
    if (is_withdrawn) service.servers = config.name_servers;
    if (!config.search_domains.empty()) service.search_domains = config.search_domains;
    if (config.dns_from_lease && (!service.servers.empty() || is_withdrawn))
        name_servers_are(service.servers, service.search_domains);
    if (uplink != nullptr) take_hostname(*uplink);
}

void NetworkFiles::take_hostname(const InterfaceSetup& uplink) {
    const auto name = uplink.hostname();
    if (name.empty() || name == sys::hostname() || context_.is_keeper) return;  // a keeper may not set it
    if (const auto done = sys::set_hostname(name); !done.ok()) return log::error("net", to_string(done.error()));
    const auto& config = context_.config();
    if (config.system.hosts && !plan::has_row(config, plan::kHostsPath))
        write_apart(std::string(plan::kHostsPath), write_hosts);
}

void NetworkFiles::name_servers_are(const std::vector<NameServer>& name_servers,
                                    const std::vector<std::string>& search_domains) {
    if (plan::has_row(context_.config(), plan::kResolvConfPath)) return;
    auto content = plan::resolv_conf_content(name_servers, search_domains);
    if (content == resolv_conf_) return;
    resolv_conf_ = std::move(content);
    auto unread = plan::unread_name_servers(name_servers);
    if (!unread.empty() && unread != unread_said_) log::info("net", unread_said_ = std::move(unread));
    write_apart(std::string(plan::kResolvConfPath), [=] { return write_resolv_conf(name_servers, search_domains); });
}

void NetworkFiles::write_apart(const std::string& path, std::function<Result<>()> write) {
    const auto work = [write = std::move(write)]() -> Result<std::string> {
        const auto written = write();
        if (!written.ok()) return written.error();
        return std::string();
    };
    const auto on_end = [this, path](const Result<std::string>& answer) {
        if (answer.ok()) return;
        if (path == plan::kResolvConfPath) resolv_conf_.reset();  // the next change tries again
        log::error("net", to_string(answer.error()));
    };
    context_.errands.run(path, {.subject = "write " + path, .work = work, .on_end = on_end});
}

}  // namespace nlinit::app
