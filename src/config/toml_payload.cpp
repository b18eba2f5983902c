// SPDX-License-Identifier: Apache-2.0
// [payload] and [debug]
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/config/capability.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "nlinit/machine/rlimit.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

constexpr std::int64_t kMaxPids = 4'194'304;  // of any kernel: PID_MAX_LIMIT, include/linux/threads.h
constexpr std::string_view kWantedDevice = "the path of a device below /dev";

void read_environment(TableReader& table, std::map<std::string, std::string>& environment) {
    for (const auto& entry : table.entries("env")) {
        auto text = scalar_text(entry.value);
        if (!is_variable_name(entry.key)) {
            table.complain(entry.at, in_quotes(entry.key) + " cannot be the name of a variable");
        } else if (text) {
            environment.insert_or_assign(entry.key, *std::move(text));
            table.came_from("env." + entry.key, entry.at);
        } else {
            table.refuse(entry.key, entry.value, "a string or a number");
        }
    }
}

void read_command(TableReader& table, Payload& payload) {
    const auto* command = table.find("command");
    std::vector<std::string> words;
    if (table.read("command", words)) {
        if (!words.empty() && words.front().empty()) {
            table.refuse("command", *command, "a list that begins with a program");
        } else {
            payload.command = std::move(words);
        }
    }
}

// "unlimited", a number, or as prlimit(1) has it: "1024:4096", the soft one first.
std::optional<std::uint64_t> limit_of(std::string_view text) {
    return text == "unlimited" ? std::optional(~std::uint64_t{0})
                               : parse_number<std::uint64_t>(text);  // RLIM64_INFINITY
}

std::optional<ProcessLimit> parse_limit(std::string_view text) {
    const auto colon = text.find(':');
    const auto soft = limit_of(text.substr(0, colon));
    const auto hard = colon == std::string_view::npos ? soft : limit_of(text.substr(colon + 1));
    if (!soft || !hard || *soft > *hard) return std::nullopt;
    return ProcessLimit{{}, *soft, *hard};
}

void read_limits(TableReader& table, std::vector<ProcessLimit>& limits) {
    for (const auto& resource : kRlimitWords) {
        const auto* value = table.find(resource.text);
        if (value == nullptr) continue;
        const auto text = scalar_text(*value);
        auto limit = text ? parse_limit(*text) : std::nullopt;
        if (!limit) {
            table.refuse(resource.text, *value,
                         "a number, \"unlimited\", or both limits as in \"1024:4096\", the soft one first");
            continue;
        }
        limit->name = resource.text;
        put(limits, *std::move(limit));
    }
}

// By name, or by number with quotes or without.
void read_stop_signal(TableReader& table, int& signal) {
    const auto* value = table.find("stop_signal");
    if (value == nullptr) return;
    const auto text = scalar_text(*value);
    if (const auto number = text ? parse_signal(*text) : std::nullopt) {
        signal = *number;
    } else {
        table.refuse("stop_signal", *value, "a signal such as \"SIGTERM\" or \"SIGRTMIN+3\"");
    }
}

// true and false, or which one it shall be.
void read_shell(TableReader& table, DebugShell& shell) {
    const auto* value = table.find("shell");
    if (value == nullptr) return;
    if (const auto* wanted = std::get_if<bool>(&value->content)) {
        shell.wanted = *wanted;
        return;
    }
    const auto* text = std::get_if<std::string>(&value->content);
    auto path = text != nullptr ? absolute_path(*text) : std::nullopt;
    if (!path) {
        table.refuse("shell", *value, "true, false or the path of a shell");
        return;
    }
    shell.wanted = true;
    shell.path = *std::move(path);
}

}  // namespace

void read_payload(TableReader& table, Payload& payload) {
    read_command(table, payload);
    read_environment(table, payload.environment);
    table.read("oci", payload.oci, absolute_path, kWantedPath);
    table.read_list("env_file", payload.env_files, absolute_path, kWantedPath);
    table.read("cwd", payload.working_directory, absolute_path, kWantedPath);
    table.read("user", payload.user, parse_user, "a name or a number, or two with ':' between them");
    table.read_list("groups", payload.groups, parse_account, "the name or number of a group, or a list of such");
    table.read("tty", payload.tty, parse_device, kWantedDevice);
    std::int64_t pids_max = 0;
    if (table.read_number("pids_max", pids_max, 1, kMaxPids)) payload.pids_max = static_cast<std::uint32_t>(pids_max);
    table.read("memory_max", payload.memory_max, parse_memory, "\"max\" or a size from \"4M\" on: \"512M\", \"2G\"");
    std::vector<std::uint8_t> capabilities;
    if (table.read_list("capabilities", capabilities, parse_capability,
                        "a capability such as \"NET_BIND_SERVICE\", or a list of such"))
        payload.capabilities = std::move(capabilities);
    table.read("no_new_privs", payload.no_new_privs);
    table.table("rlimit", [&](TableReader& limits) { read_limits(limits, payload.rlimits); });
    table.read("umask", payload.umask, parse_umask, "an octal number from \"0000\" to \"0777\"");
    std::int64_t adjustment = 0;
    if (table.read_number("oom_score_adj", adjustment, -kMaxOomScoreAdj, kMaxOomScoreAdj))
        payload.oom_score_adj = static_cast<std::int16_t>(adjustment);
    read_stop_signal(table, payload.stop_signal);
    table.read("handoff", payload.handoff, kHandoffWords);
    table.read("restart", payload.restart, kRestartWords);
    table.read("on_exit", payload.on_exit, kEndActionWords);
    table.read("stop_timeout", payload.stop_timeout, parse_duration, kWantedDuration);
}

void read_debug(TableReader& table, DebugShell& shell) {
    read_shell(table, shell);
    table.read("tty", shell.tty, parse_device, kWantedDevice);
}

}  // namespace nlinit::config
