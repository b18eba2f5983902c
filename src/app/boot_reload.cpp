// SIGHUP: the network of the config as it is now, by difference. A child reads the file, for its disk may be dead. A
// config that cannot be trusted changes nothing, for the guest may be reachable by that network alone.
#include "nlinit/app/boot.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

std::string to_string(const NetworkSetup::Changes& changes) {
    const auto [added, changed, removed] = changes;
    if (added + changed + removed == 0) return "no interface is to be changed";
    return "interfaces: " + std::to_string(added) + " added, " + std::to_string(changed) + " changed, " +
           std::to_string(removed) + " removed";
}

}  // namespace

void Boot::reload_network() {
    if (!plan_done_ || ending()) return;  // the config has just been read, or is of no more use
    const auto path = config_path(command_line_);
    errands_.run(path, {.subject = "read " + path,
                        .work = [path] { return read_config_file(path); },
                        .on_end =
                            [this](const Result<std::string>& text) {
                                if (!ending()) change_network(read_boot_config(command_line_, text));
                            }});
}

void Boot::change_network(BootConfig fresh) {
    std::string fault = fresh.file_fault;
    if (fault.empty() && fresh.file.empty() && !boot_config_.file.empty())
        fault = boot_config_.file + " is not there any more";
    if (!fault.empty()) {
        log::error("config", fault + "; the network stays as it is");
        return;
    }
    auto& network = boot_config_.config.network;
    const bool other_servers = fresh.config.network.name_servers != network.name_servers ||
                               fresh.config.network.search_domains != network.search_domains;
    auto next = boot_config_.config;
    next.network = std::move(fresh.config.network);
    network_->wish(next.network);
    const auto changes = network_->change(next.network.interfaces, dhcp_settings(next));
    if (!changes.ok()) {
        log::error("net", nlinit::to_string(changes.error()));
        return;
    }
    network = std::move(next.network);
    log::info("net", to_string(*changes));
    if (other_servers && !network.name_servers.empty()) write_resolv_conf(network.name_servers, network.search_domains);
    on_network_change();
}

}  // namespace nlinit::app
