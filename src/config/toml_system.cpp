// SPDX-License-Identifier: Apache-2.0
// [system]
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/machine/rlimit.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

std::optional<std::uint64_t> rlimit_value(const TomlValue& value) {
    const auto* text = std::get_if<std::string>(&value.content);
    if (text != nullptr && *text == "unlimited") return ~std::uint64_t{0};  // RLIM64_INFINITY
    const auto* number = std::get_if<std::int64_t>(&value.content);
    if (number == nullptr || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

void read_rlimits(TableReader& table, std::vector<Rlimit>& rlimits) {
    for (const auto& resource : kRlimitWords) {
        const auto* value = table.find(resource.text);
        if (value == nullptr) continue;
        if (const auto limit = rlimit_value(*value)) {
            put(rlimits, Rlimit{std::string(resource.text), *limit});
        } else {
            table.refuse(resource.text, *value, "a number or \"unlimited\"");
        }
    }
}

// A truth is a number in /proc/sys.
std::optional<std::string> sysctl_value(const TomlValue& value) {
    if (const auto* truth = std::get_if<bool>(&value.content)) return *truth ? "1" : "0";
    return scalar_text(value);
}

void add_sysctls(TableReader& table, const TomlTable& entries, const std::string& prefix,
                 std::map<std::string, std::string>& sysctls) {
    for (const auto& entry : entries) {
        const auto key = prefix + entry.key;
        if (const auto* inner = std::get_if<TomlTable>(&entry.value.content)) {
            add_sysctls(table, *inner, key + '.', sysctls);
        } else if (const auto name = parse_sysctl_key(key); !name) {
            table.complain(entry.at, in_quotes(key) + " is not the name of a sysctl");
        } else if (auto value = sysctl_value(entry.value)) {
            sysctls.erase(name->starts_with('-') ? name->substr(1) : '-' + *name);  // the same, and the last one counts
            sysctls.insert_or_assign(*name, *std::move(value));
            table.came_from("sysctl." + *name, entry.at);
        } else {
            table.refuse(key, entry.value, "a number or a string");
        }
    }
}

}  // namespace

void read_sysctls(TableReader& table, std::map<std::string, std::string>& sysctls) {
    add_sysctls(table, table.entries("sysctl"), "", sysctls);
}

void read_system(TableReader& table, System& system) {
    table.read("hostname", system.hostname, parse_hostname,
               "a host name (no address) of at most 64 letters, digits, '-' and '.'");
    table.read_list("modules", system.modules, parse_module, "the name of a module, or a list of such");
    read_sysctls(table, system.sysctl);
    table.table("rlimit", [&](TableReader& limits) { read_rlimits(limits, system.rlimits); });
    table.read("hosts", system.hosts);
    table.read("cgroup", system.cgroup);
    table.read("report", system.report, absolute_path, kWantedPath);
    std::int64_t epoch = 0;
    if (table.read_number("epoch", epoch, 0, kMaxEpoch)) system.epoch = epoch;
    table.read("notify", system.notify, parse_notify_address, kWantedNotifyAddress);
}

}  // namespace nlinit::config
