// SPDX-License-Identifier: Apache-2.0
// What parameters of the kernel command line mean for a config.
#include <algorithm>
#include <array>

#include "network_parameters.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/machine/mount_options.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/machine/notify_address.hpp"

namespace nlinit::config {
namespace {

using std::string_view;

constexpr string_view kOwnPrefix = "nlinit.";
constexpr std::size_t kMaxWarnings = 64;  // a boot's log is no place for more

struct Overlay {
    Config& config;
    Sources& sources;
    NetworkParameters network = {};
    std::optional<std::string> hostname = {};
    std::optional<bool> flags_read_only = {};  // what rootflags= says
    bool is_access_given = false;              // by the word ro or rw
    std::vector<std::string> warnings = {};
};

// Handlers lay a value over the config and return nothing, or say what the value must be.
std::string lay_hostname(string_view value, Overlay& overlay) {
    auto hostname = parse_hostname(value);
    if (!hostname) return "a host name";
    overlay.hostname = std::move(hostname);  // wins over that of an ip= that comes later
    return {};
}

std::string lay_epoch(string_view value, Overlay& overlay) {
    const auto seconds = parse_number<std::uint64_t>(value);
    if (!seconds || *seconds > std::uint64_t{kMaxEpoch}) return "seconds since 1970";
    overlay.config.system.epoch = static_cast<std::int64_t>(*seconds);
    return {};
}

template <class Value, std::size_t N>
std::string lay_word(string_view value, const std::array<Word<Value>, N>& words, Value& target) {
    const auto found = value_of_word(value, words);
    if (!found) return list_of_words(words);
    target = *found;
    return {};
}

std::string lay_log(string_view value, Overlay& overlay) {
    return lay_word(value, kLogLevelWords, overlay.config.log_level);
}

std::string lay_on_exit(string_view value, Overlay& overlay) {
    return lay_word(value, kEndActionWords, overlay.config.payload.on_exit);
}

std::string lay_poweroff(string_view value, Overlay& overlay) {
    EndAction end{};
    auto wanted = lay_word(value, kMachineEndWords, end);
    if (wanted.empty()) overlay.config.shutdown.poweroff = end;
    return wanted;
}

std::string lay_debug_shell(string_view value, Overlay& overlay) {
    auto& shell = overlay.config.debug_shell;
    const auto path = absolute_path(value);
    const auto wanted = path ? std::optional(true) : value_of_word(value, kSwitchWords);
    if (!wanted) return "1, 0, or the path of a shell or of a terminal below /dev";
    shell.wanted = *wanted;
    if (!path) return {};
    const bool is_tty = parse_device(*path).has_value();
    (is_tty ? shell.tty : shell.path) = *path;
    if (is_tty) credit(overlay.sources, "debug.tty", "nlinit.debug_shell");
    return {};
}

std::string lay_grow(string_view value, Overlay& overlay) {
    return lay_word(value, kSwitchWords, overlay.config.root.grow);
}

std::string lay_handoff(string_view value, Overlay& overlay) {
    return lay_word(value, kHandoffWords, overlay.config.payload.handoff);
}

std::string lay_notify(string_view value, Overlay& overlay) {
    auto address = parse_notify_address(value);
    if (!address) return std::string(kWantedNotifyAddress);
    overlay.config.system.notify = *std::move(address);
    return {};
}

// Modules are the same by '-' and '_', as parameters are.
std::string lay_modules(string_view value, Overlay& overlay) {
    auto& modules = overlay.config.system.modules;
    bool all = true;
    for (const auto name : split(value, ",")) {
        const auto same = [&](const std::string& other) { return same_key(other, name); };
        auto module = parse_module(name);
        all = all && module;
        if (!module || std::ranges::any_of(modules, same)) continue;
        credit(overlay.sources, row_key("system.modules", name), "nlinit.modules");
        modules.push_back(*std::move(module));
    }
    return all ? "" : "names of modules with commas between them";
}

std::string lay_mount(string_view value, Overlay& overlay) {
    if (value.find(':') == string_view::npos) return "TAG:TARGET[:OPTIONS]";
    const auto first = std::min(value.find(":/"), value.size());  // a source may have colons of its own
    const auto second = std::min(value.find(':', first + 1), value.size());
    const auto tag = parse_plain_text(value.substr(0, first));
    auto target = absolute_path(value.substr(std::min(first + 1, value.size()), second - std::min(first + 1, second)));
    const auto options = value.substr(std::min(second + 1, value.size()));
    if (const auto wanted = wanted_in_place_of(value.substr(0, first), {}); !wanted.empty())
        return "a source that is " + std::string(wanted);
    if (!tag || !target || (!options.empty() && !parse_plain_text(options)))
        return "TAG:TARGET[:OPTIONS], the target an absolute path";
    MountWords share;
    share.source = *tag;
    share.target = *std::move(target);
    share.options = options;
    const bool propagates = is_only_propagation(share);
    if (!tells_type(share.source) && !propagates && !reuses_mount(mount_row(share))) share.type = "virtiofs";
    if (has_field(options, ',', "nofail")) share.importance = Importance::optional;
    const auto warn = [&](const std::string& fault) { overlay.warnings.push_back("nlinit.mount=: " + fault); };
    share.grow = asks_to_grow(options);
    if (const auto fault = fault_of_options(options); !fault.empty()) warn(fault);
    if (has_field(options, ',', "noauto")) warn("'noauto' among the options is not heeded: leave the parameter out");
    if (const auto fault = propagates ? fault_beside_propagation(options) : ""; !fault.empty()) warn(fault);
    const auto key = row_key("mount", share.target);
    const auto source = source_of_parameter("nlinit.mount");
    if (const auto before = overlay.sources.find(key); before != overlay.sources.end() && before->second == source)
        warn(concat({"of the two of ", in_quotes(share.target), " the last one counts"}));
    overlay.sources.insert_or_assign(key, source);
    put(overlay.config.mounts, std::move(share));
    return {};
}

std::string lay_payload(string_view value, Overlay& overlay) {
    const auto words = split(value, kWhiteSpace);
    if (words.empty()) return "a command";
    overlay.config.payload.command.assign(words.begin(), words.end());
    return {};
}

std::string lay_oci(string_view value, Overlay& overlay) {
    auto path = absolute_path(value);
    if (!path) return "the absolute path of a config.json";
    overlay.config.payload.oci = *std::move(path);
    return {};
}

std::string lay_ip(string_view value, Overlay& overlay) {
    overlay.network.ip(value, overlay.warnings);
    return {};
}

std::string lay_name_server(string_view value, Overlay& overlay) {
    return std::string(overlay.network.name_server(value));
}

std::string lay_route(string_view value, Overlay& overlay) {
    return std::string(overlay.network.route(value));
}

std::string lay_dns(string_view value, Overlay& overlay) {
    return std::string(overlay.network.dns(value));
}

template <std::string_view (*lay)(std::string_view, Root&)>
std::string lay_on_root(string_view value, Overlay& overlay) {
    return std::string(lay(value, overlay.config.root));
}

std::string lay_root_flags_and_check(string_view value, Overlay& overlay) {
    if (const auto fault = fault_of_options(value); !fault.empty()) overlay.warnings.push_back("rootflags=: " + fault);
    if (asks_to_grow(value)) {
        overlay.config.root.grow = true;
        credit(overlay.sources, "root.grow", "rootflags");
    }
    overlay.flags_read_only = says_read_only(value);
    return std::string(lay_root_flags(value, overlay.config.root));
}

// The words ro and rw count before the same among rootflags=, whatever their order is, as systemd has it too.
void lay_root_access_of_flags(Overlay& overlay) {
    const auto said = overlay.flags_read_only;
    auto& read_only = overlay.config.root.read_only;
    if (said && !overlay.is_access_given) {
        read_only = *said;
        credit(overlay.sources, "root.read_only", "rootflags");
    } else if (said && *said != read_only) {
        overlay.warnings.push_back(
            concat({"rootflags= says ", *said ? "ro" : "rw", ", and the word ", read_only ? "ro" : "rw",
                    " beside it counts: the root is mounted ", read_only ? "read-only" : "writable"}));
    }
}

// With the overlay its type and options are others, too.
std::string lay_overlay(string_view value, Overlay& overlay) {
    const auto wanted = lay_root_overlay(value, overlay.config.root);
    if (!wanted.empty()) return std::string(wanted);
    overlay.sources.erase("root.overlay_options");
    overlay.sources.erase("root.overlay_type");
    if (!overlay.config.root.overlay_type.empty()) credit(overlay.sources, "root.overlay_type", "nlinit.overlay");
    return {};
}

constexpr string_view kAlone{"\0", 1};  // no value has a NUL

// The kernel knows both as words alone.
template <bool read_only>
std::string lay_root_access(string_view value, Overlay& overlay) {
    if (value != kAlone) return "the word alone, without a value";
    overlay.config.root.read_only = read_only;
    overlay.is_access_given = true;
    return {};
}

// These choose what the command line is laid over, so they were read before.
std::string read_before(string_view, Overlay&) {
    return {};
}
std::string check_config_path(string_view value, Overlay& overlay) {
    if (value.empty()) overlay.warnings.emplace_back("nlinit.config needs a value");
    return {};
}

struct Key {
    string_view name;
    std::string (*lay)(string_view value, Overlay& overlay);
    string_view when_bare = {};  // what the key alone stands for
    string_view sets = {};       // the key of the file that it stands in for, if it is one
    bool none_if_empty = false;  // with nothing behind the "=" it says nothing, to the kernel neither
};
constexpr std::array<Key, 27> kKeys{{{"ip", lay_ip},
                                     {"nfsaddrs", lay_ip},
                                     {"nameserver", lay_name_server},
                                     {"rd.route", lay_route},
                                     {"hostname", lay_hostname},
                                     {"nlinit.config", check_config_path},
                                     {"nlinit.profile", read_before},
                                     {"nlinit.epoch", lay_epoch, {}, "system.epoch"},
                                     {"nlinit.log", lay_log, {}, "log"},
                                     {"nlinit.modules", lay_modules},
                                     {"nlinit.mount", lay_mount},
                                     {"nlinit.payload", lay_payload, {}, "payload.command"},
                                     {"nlinit.oci", lay_oci, {}, "payload.oci"},
                                     {"nlinit.on_exit", lay_on_exit, {}, "payload.on_exit"},
                                     {"nlinit.poweroff", lay_poweroff, {}, "shutdown.poweroff"},
                                     {"nlinit.debug_shell", lay_debug_shell, "1", "debug.shell"},
                                     {"nlinit.handoff", lay_handoff, {}, "payload.handoff"},
                                     {"nlinit.notify", lay_notify, {}, "system.notify"},
                                     {"nlinit.dns", lay_dns},
                                     {"root", lay_on_root<lay_root>, {}, "root.device", true},
                                     {"rootfstype", lay_on_root<lay_root_type>, {}, "root.type"},
                                     {"rootflags", lay_root_flags_and_check, {}, "root.options"},
                                     {"rootwait", lay_on_root<lay_root_wait>, {}, "root.timeout", true},
                                     {"ro", lay_root_access<true>, kAlone, "root.read_only"},
                                     {"rw", lay_root_access<false>, kAlone, "root.read_only"},
                                     {"nlinit.grow", lay_grow, "1", "root.grow"},
                                     {"nlinit.overlay", lay_overlay, {}, "root.overlay"}}};

std::string unknown_key(string_view key) {
    return concat({"unknown parameter ", in_quotes(key), did_you_mean(key, known_parameters())});
}

void lay(const KernelParameter& parameter, Overlay& overlay) {
    const auto same = [&](const Key& key) { return same_key(key.name, parameter.key); };
    const auto key = std::ranges::find_if(kKeys, same);
    const bool own = parameter.key.starts_with(kOwnPrefix);
    if (key == kKeys.end()) {
        // The rest of the line is the kernel's and other programs'.
        if (!overlay.network.dracut(parameter, overlay.warnings) && own)
            overlay.warnings.push_back(unknown_key(parameter.key));
        return;
    }
    if (!parameter.value && key->when_bare.empty()) {
        if (own) overlay.warnings.push_back(std::string(key->name) + " needs a value");
        return;
    }
    const string_view value = parameter.value ? string_view(*parameter.value) : key->when_bare;
    if (value.empty() && key->none_if_empty) return;
    const auto wanted = key->lay(value, overlay);
    if (wanted.empty() && !key->sets.empty()) credit(overlay.sources, key->sets, key->name);
    if (!wanted.empty()) append(overlay.warnings, {key->name, "=", in_quotes(value), " is wrong: it must be ", wanted});
}

void keep_short(std::vector<std::string>& warnings) {
    if (warnings.size() <= kMaxWarnings) return;
    const auto more = warnings.size() - kMaxWarnings;
    warnings.resize(kMaxWarnings);
    append(warnings, {"and ", std::to_string(more), " more such warnings"});
}

}  // namespace

std::span<const std::string_view> known_parameters() noexcept {
    static constexpr auto kNames = [] {
        std::array<string_view, kKeys.size() + kDracutParameters.size()> names;
        std::ranges::transform(kKeys, names.begin(), &Key::name);
        std::ranges::copy(kDracutParameters, names.begin() + kKeys.size());
        return names;
    }();
    return kNames;
}

std::string source_of_parameter(std::string_view name) {
    std::string source = "kernel command line ";
    source += name;
    return source += '=';
}

void credit(Sources& sources, std::string_view key, std::string_view parameter) {
    sources.insert_or_assign(std::string(key), source_of_parameter(parameter));
}

std::vector<std::string> apply(const KernelCommandLine& command_line, Config& config, Sources& sources) {
    Overlay overlay{config, sources};
    // The type of the root first: root= is read by it.
    for (const bool first : {true, false}) {
        for (const auto& parameter : command_line.parameters) {
            if (same_key(parameter.key, "rootfstype") == first) lay(parameter, overlay);
        }
    }
    lay_root_access_of_flags(overlay);
    overlay.network.finish(config, sources, overlay.warnings);
    if (overlay.hostname) {
        config.system.hostname = *std::move(overlay.hostname);
        credit(sources, "system.hostname", "hostname");
    }
    if (!command_line.init_arguments.empty()) {
        config.payload.command = command_line.init_arguments;
        sources.insert_or_assign("payload.command", "kernel command line --");
    }
    if (command_line.cut) overlay.warnings.push_back("the command line is too long; its end is not used");
    keep_short(overlay.warnings);
    return std::move(overlay.warnings);
}

}  // namespace nlinit::config
