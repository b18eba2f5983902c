// [payload] and [debug]
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/config/capability.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

constexpr std::int64_t kMaxPids = 4'194'304;  // of any kernel: PID_MAX_LIMIT, include/linux/threads.h
constexpr std::string_view kWantedDevice = "the path of a device below /dev";

bool is_variable_name(std::string_view name) {
    return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

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
