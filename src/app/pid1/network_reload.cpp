// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/network_reload.hpp"

#include <string>
#include <utility>

#include "app/pid1/config_reading.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

// Empty: it can be trusted.
std::string fault_of(const BootConfig& fresh, const BootConfig& present) {
    if (fresh.file_fault.empty() && fresh.file.empty() && !present.file.empty())
        return present.file + " is not there any more";
    return fresh.file_fault;
}

void take(BootContext& context, BootNetwork& network, BootConfig fresh) {
    if (const auto fault = fault_of(fresh, context.boot_config); !fault.empty())
        return log::error("config", {fault, "; the network stays as it is"});
    tell_new_warnings(context, fresh.warnings);
    context.boot_config.warnings = std::move(fresh.warnings);
    network.change(std::move(fresh.config.network));
}

}  // namespace

void reload_network(BootContext& context, BootNetwork& network) {
    const auto path = config_path(context.command_line);
    const auto on_end = [&context, &network](const Result<std::string>& text) {
        if (!context.is_ending) take(context, network, read_boot_config(context.command_line, text));
    };
    context.errands.run(
        path, {.subject = "read " + path, .work = [path] { return read_config_file(path); }, .on_end = on_end});
}

}  // namespace nlinit::app
