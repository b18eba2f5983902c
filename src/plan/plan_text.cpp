// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/plan_text.hpp"

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/capability.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/plan/module_plan.hpp"
#include "plan_lines.hpp"

namespace nlinit::plan {
namespace {

using config::Config;
using config::Payload;

std::string_view word(EndAction action) {
    return word_of_value(action, config::kEndActionWords);
}

void add_boot(const Config& config, PlanLines& lines) {
    lines.heading("boot");
    lines.item("profile ", config.profile, "profile");
    lines.item_if_set("log ", word_of_value(config.log_level, config::kLogLevelWords), "log");
    lines.item_if_set("after a required step has failed: ", word(config.on_required_failure), "on_required_failure");
    lines.item_if_set("tells ", to_string(config.system.notify), "system.notify");
    if (config.system.epoch) lines.item("clock not before ", std::to_string(*config.system.epoch), "system.epoch");
    for (const auto& module : config.system.modules)
        lines.item(module == kModulesOfDevices ? "load modules by device: " : "load module ", module,
                   config::row_key("system.modules", module), "system.modules");
}

void add_root(const config::Root& root, PlanLines& lines) {
    lines.heading("root, if it starts in an initramfs");
    if (!root.device.empty()) lines.item("mount ", root.device, "root.device");
    lines.item_if_set("type ", root.type, "root.type");
    lines.item_if_set("options ", root.options, "root.options");
    lines.item_if_set(root.read_only ? "read-only" : "writable", {}, "root.read_only");
    lines.item_if_set("devices are waited for ", config::duration_text(root.timeout), "root.timeout");
    lines.heading("over the root");
    if (!root.overlay.empty()) lines.item("overlay, written to ", root.overlay, "root.overlay");
    lines.item_if_set("type ", root.overlay_type, "root.overlay_type");
    lines.item_if_set("options ", root.overlay_options, "root.overlay_options");
}

void add_steps(const Config& config, PlanLines& lines) {
    lines.heading("steps");
    for (const auto& step : make_boot_plan(config).steps) lines.item(to_string(step), {}, key_of(step));
}

std::string words_of(const std::vector<std::string>& command) {
    std::string words;
    for (const auto& argument : command) {
        if (!words.empty()) words += ' ';
        const bool plain = !argument.empty() && argument.find_first_of(" '\"") == std::string::npos;
        words += plain ? argument : in_quotes(argument);
    }
    return words;
}

std::string list_of_capabilities(const std::vector<std::uint8_t>& capabilities) {
    std::string names;
    for (const auto capability : capabilities) {
        if (!names.empty()) names += ", ";
        names += config::capability_name(capability);
    }
    return names.empty() ? "none" : names;
}

std::string limits_of(const ProcessLimit& limit) {
    const auto text = [](std::uint64_t value) {
        return value == ~std::uint64_t{0} ? std::string("unlimited") : std::to_string(value);
    };
    return limit.soft == limit.hard ? text(limit.soft) : concat({text(limit.soft), ":", text(limit.hard)});
}

void add_payload(const Payload& payload, PlanLines& lines) {
    lines.heading("payload");
    lines.item_if_set("described by ", payload.oci, "payload.oci");
    lines.item_if_set("environment of ", list_of_texts(payload.env_files), "payload.env_file");
    if (payload.command.empty()) {
        lines.item("none: nlinit stays", {}, "payload.command");
        return;
    }
    lines.item(words_of(payload.command), {}, "payload.command");
    for (const auto& [name, value] : payload.environment) {
        std::string key = "payload.env.";
        auto text = name;
        lines.item("env ", text.append("=").append(value), key += name);
    }
    lines.item_if_set("cwd ", payload.working_directory, "payload.cwd");
    lines.item_if_set("user ", payload.user, "payload.user");
    lines.item_if_set("groups ", list_of_texts(payload.groups), "payload.groups");
    lines.item_if_set("terminal ", payload.tty, "payload.tty");
    if (payload.pids_max) lines.item("processes at most ", std::to_string(*payload.pids_max), "payload.pids_max");
    if (payload.memory_max) lines.item("memory at most ", memory_text(*payload.memory_max), "payload.memory_max");
    if (payload.capabilities)
        lines.item("capabilities ", list_of_capabilities(*payload.capabilities), "payload.capabilities");
    if (payload.ambient_capabilities)
        lines.item("  from the start ", list_of_capabilities(*payload.ambient_capabilities), "payload.capabilities");
    if (payload.no_new_privs) lines.item("no new privileges", {}, "payload.no_new_privs");
    for (const auto& limit : payload.rlimits) {
        std::string key = "payload.rlimit.";
        lines.item(concat({"rlimit ", limit.name, " "}), limits_of(limit), key += limit.name);
    }
    if (payload.umask) lines.item("umask ", config::mode_text(*payload.umask), "payload.umask");
    if (payload.oom_score_adj)
        lines.item("OOM score adjustment ", std::to_string(*payload.oom_score_adj), "payload.oom_score_adj");
    lines.item_if_set("is asked to end by ", config::signal_name(payload.stop_signal), "payload.stop_signal");
    lines.item_if_set("hand-off ", word_of_value(payload.handoff, config::kHandoffWords), "payload.handoff");
    lines.item("restart ", word_of_value(payload.restart, config::kRestartWords), "payload.restart");
    lines.item_if_set("stop timeout ", config::duration_text(payload.stop_timeout), "payload.stop_timeout");
    lines.item("on exit ", word(payload.on_exit), "payload.on_exit");
}

void add_debug_shell(const config::DebugShell& shell, PlanLines& lines) {
    lines.heading("debug");
    std::string_view any = "the first that is there";
    if (!shell.path.empty()) any = shell.path;
    lines.item_if_set("shell: ", shell.wanted ? any : "none", "debug.shell");
    lines.item_if_set("terminal ", shell.tty, "debug.tty");
}

void add_shutdown(const config::Shutdown& shutdown, PlanLines& lines) {
    lines.heading("shutdown");
    if (shutdown.poweroff) lines.item("poweroff means ", word(*shutdown.poweroff), "shutdown.poweroff");
    lines.item_if_set("reboot means ", word(shutdown.reboot), "shutdown.reboot");
    lines.item_if_set("halt means ", word(shutdown.halt), "shutdown.halt");
    lines.item_if_set("power button: ", word_of_value(shutdown.power_button, config::kPowerButtonWords),
                      "shutdown.power_button");
    lines.item_if_set("takes at most ", config::duration_text(shutdown.timeout), "shutdown.timeout");
}

// A key that was set is in the plan, be it by its name alone.
void add_rest(const config::Sources& sources, PlanLines& lines) {
    lines.heading("also set");
    for (const auto& key : lines.unspoken()) lines.item_from(key, sources.at(key));
}

}  // namespace

std::string plan_text(const Config& config, const config::Sources& sources) {
    PlanLines lines(sources, config.profile);
    add_boot(config, lines);
    add_network(config.network, lines);
    add_root(config.root, lines);
    add_steps(config, lines);
    add_payload(config.payload, lines);
    add_debug_shell(config.debug_shell, lines);
    add_shutdown(config.shutdown, lines);
    add_rest(sources, lines);
    return lines.text();
}

}  // namespace nlinit::plan
