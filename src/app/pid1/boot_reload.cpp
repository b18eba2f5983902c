// SIGHUP: the network of the config as it is now, by difference. A child reads the file, for its disk may be dead. A
// config that cannot be trusted changes nothing, for the guest may be reachable by that network alone. One that can is
// a transaction: whoever looks at the network sees it before the change, or after all of it.
#include "app/pid1/boot.hpp"
#include "nlinit/sys/log/log.hpp"

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
    tell_new_warnings(fresh.warnings);
    auto& config = boot_config_.config;
    const bool other_servers = fresh.config.network.name_servers != config.network.name_servers ||
                               fresh.config.network.search_domains != config.network.search_domains;
    boot_config_.warnings = std::move(fresh.warnings);
    config.network = std::move(fresh.config.network);
    network_->wish(config.network);
    const auto changes = network_->change(config.network.interfaces, dhcp_settings_of(config));
    if (changes.ok()) {
        log::info("net", to_string(*changes));
    } else {
        log::error("net", nlinit::to_string(changes.error()));
    }
    if (other_servers && !config.network.name_servers.empty())
        write_resolv_conf(config.network.name_servers, config.network.search_domains);
    on_network_change();  // once, of all of it
}

}  // namespace nlinit::app
