// SPDX-License-Identifier: Apache-2.0
#include "app/tool/program.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/netsetup/netsetup.hpp"
#include "app/pid1/boot_config.hpp"
#include "app/pid1/boot_report.hpp"
#include "app/pid1/device_modules.hpp"
#include "app/standard_output.hpp"
#include "app/tool/check_command.hpp"
#include "app/tool/help.hpp"
#include "app/tool/initramfs.hpp"
#include "app/tool/version.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/plan/module_plan.hpp"
#include "nlinit/plan/plan_text.hpp"
#include "nlinit/record/boot_record.hpp"
#include "nlinit/record/boot_table.hpp"
#include "nlinit/record/boot_timeline.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kMaxReport = 4 << 20;

int status(ExitCode code) {
    return static_cast<int>(code);
}

int complain(std::string_view command, std::string_view sentence) {
    log::error(command, sentence);
    return status(ExitCode::usage);
}

// One word, as a kernel command line keeps its white space: in double quotes.
std::string quoted(const std::string& word) {
    const bool plain = word.find_first_of(config::kWhiteSpace) == std::string::npos;
    return plain ? word : concat({"\"", word, "\""});
}

// Words as a kernel command line. One with white space is such a line, or a part of it, with its own quotes:
// "$(cat /proc/cmdline)". Behind a word "--" each is an argument of the payload's.
std::string command_line_of(const std::vector<std::string>& words) {
    std::string text;
    bool for_payload = false;
    for (const auto& word : words) {
        text += (for_payload ? quoted(word) : word) + ' ';
        for_payload = for_payload || word == "--";
    }
    return text;
}

// What drivers by device come to on this machine, to be pasted into [system].
void print_modules_of_devices(const BootConfig& boot_config) {
    const auto wishes = plan::module_plan(boot_config.config, boot_config.sources);
    if (wishes.by_device == plan::ModulePlan::ByDevice::never) return;
    std::string list;
    for (const auto& name : modules_of_devices(wishes)) append(list, {list.empty() ? "\"" : ", \"", name, "\""});
    if (!list.empty()) print(concat({"\ndrivers of this machine's devices, as a list\n    modules = [", list, "]\n"}));
}

// What /proc/cmdline and /etc/nlinit.toml ask for, or what is given instead of them.
int plan(std::vector<std::string> words) {
    std::string text;
    const bool is_of_this_machine = words.empty();
    if (is_of_this_machine) {
        if (auto read = sys::read_file("/proc/cmdline", config::kMaxCommandLineSize); read.ok())
            text = *std::move(read);
    }
    const bool file_named = !words.empty() && words.front() == "--config";
    if (file_named) {
        if (words.size() < 2) return complain("plan", "--config wants a file");
        words.erase(words.begin());
        words.front() = quoted("nlinit.config=" + words.front());
    }
    // Behind a "--" of its own there are the payload's arguments.
    for (const auto& word : words) {
        if (word == "--") break;
        if (word.starts_with("--") && word.find_first_of(config::kWhiteSpace) == std::string::npos)
            return complain("plan",
                            concat({"has no option ", word, ", only --config FILE before all kernel parameters"}));
    }
    text += command_line_of(words);
    const auto command_line = config::parse_kernel_command_line(text);
    auto boot_config = read_boot_config(command_line);
    add_payload_files(boot_config);
    for (const auto& warning : boot_config.warnings) log::warning("config", warning);
    if (file_named && boot_config.file.empty()) return status(ExitCode::usage);
    print(plan::plan_text(boot_config.config, boot_config.sources));
    if (is_of_this_machine) print_modules_of_devices(boot_config);
    return status(ExitCode::configured);
}

// One line, so that it can be the subject of a mail or the annotation of a CI job.
int judge(const record::BootRecord& record) {
    constexpr int kSomethingFailed = 1;
    const auto& failures = record.failures;
    if (failures.empty()) return status(ExitCode::configured);
    const auto number = std::to_string(failures.size());
    log::error("report", {number, (failures.size() == 1 ? " failure: " : " failures, the first: "), failures.front()});
    return kSomethingFailed;
}

enum class Show : std::uint8_t { table, timeline, json, verdict };

int show_report(const std::string& path, Show show) {
    const auto text = sys::read_file(path, kMaxReport);
    if (!text.ok()) return complain("report", to_string(text.error()));
    const auto record = record::read_boot_record(*text);
    if (!record.ok()) return complain("report", concat({path, " is ", to_string(record.error())}));
    switch (show) {
        case Show::verdict:
            return judge(**record);
        case Show::json:
            print(json_fit_to_print(*text));
            break;
        case Show::timeline:
            print(record::boot_timeline(**record));
            break;
        case Show::table:
            print(record::boot_table(**record));
            break;
    }
    return status(ExitCode::configured);
}

int report(const std::vector<std::string>& arguments) {
    std::string path;
    Show show = Show::table;
    for (const auto& argument : arguments) {
        if (argument == "--json") {
            show = Show::json;
        } else if (argument == "--svg") {
            show = Show::timeline;
        } else if (argument == "--check") {
            show = Show::verdict;
        } else if (argument.starts_with("-") || !path.empty() || argument.empty()) {
            return complain("report", "wants --check, --json or --svg, and one file at the most, not " + argument);
        } else {
            path = argument;
        }
    }
    return show_report(path.empty() ? kReportPath : path, show);
}

int initramfs(const std::vector<std::string>& words) {
    const auto options = parse_initramfs_options(words);
    if (!options.ok()) return complain("initramfs", to_string(options.error()));
    return static_cast<int>(make_initramfs(*options));
}

int version() {
    print(version_text());
    return status(ExitCode::configured);
}

int help(std::string_view command) {
    print(help_of(command));
    return status(ExitCode::configured);
}

constexpr std::array<std::string_view, 5> kCommands = {"netsetup", "plan", "check", "report", "initramfs"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_help(std::string_view word) {
    return word == "--help" || word == "-h";
}

bool wants_help(const std::vector<std::string>& arguments) {
    if (is_help(arguments.front())) return true;
    const auto end = std::ranges::find(arguments, "--");  // what follows is the payload's
    return is_one_of(arguments[0], kCommands) && std::find_if(arguments.begin() + 1, end, is_help) != end;
}

}  // namespace

std::span<const std::string_view> commands() noexcept {
    return kCommands;
}

bool is_command(std::string_view word) {
    return is_one_of(word, kCommands) || is_help(word) || word == "--version";
}

int refuse_shared_mounts() {
    log::open(log::Target::standard_error, log::Level::warning);
    return complain("boot",
                    "PID 1 of a container boots only with a mount namespace of its own, for it would mount for the "
                    "machine around it: unshare --pid --fork --mount --mount-proc");
}

int run_tool(int argc, char* const* argv) {
    log::open(log::Target::standard_error, log::Level::warning);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (arguments.empty())
        return complain("usage", "nothing to do: nlinit boots a machine as PID 1; see nlinit --help");
    const std::string& command = arguments.front();
    if (wants_help(arguments)) return help(command);
    if (command == "plan") return plan({arguments.begin() + 1, arguments.end()});
    if (command == "check") return check({arguments.begin() + 1, arguments.end()});
    if (command == "report") return report({arguments.begin() + 1, arguments.end()});
    if (command == "initramfs") return initramfs({arguments.begin() + 1, arguments.end()});
    if (command == "--version") return version();
    return complain("usage", concat({"unknown command ", command, "; see nlinit --help"}));
}

}  // namespace nlinit::app
