// SPDX-License-Identifier: Apache-2.0
#include "app/tool/check_command.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "app/netsetup/netsetup.hpp"
#include "app/pid1/payload_files.hpp"
#include "app/standard_output.hpp"
#include "app/tool/root_check.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/sys/file/other_root.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr std::string_view kUsage =
    "wants one file, and before it --root DIRECTORY, --kernel VERSION of that root, or --cmdline TEXT; with --root "
    "the file may be left out";

struct CheckOptions {
    std::string file;
    std::optional<std::string> root, kernel, command_line;
};

constexpr std::pair<std::string_view, std::optional<std::string> CheckOptions::*> kOptionsOfCheck[] = {
    {"--root", &CheckOptions::root},
    {"--kernel", &CheckOptions::kernel},
    {"--cmdline", &CheckOptions::command_line},
};

std::optional<CheckOptions> options_of(const std::vector<std::string>& words) {
    CheckOptions options;
    const auto target_of = [&](std::string_view word) -> std::optional<std::string>* {
        for (const auto& [name, member] : kOptionsOfCheck)
            if (word == name) return &(options.*member);
        return nullptr;
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (auto* target = target_of(words[i])) {
            if (++i == words.size()) return std::nullopt;
            *target = words[i];
        } else if (words[i].starts_with("--") || !options.file.empty() || words[i].empty()) {
            return std::nullopt;
        } else {
            options.file = words[i];
        }
    }
    const bool has_root = options.root && !options.root->empty();
    if ((options.file.empty() && !has_root) || (options.kernel && !has_root) || (options.root && !has_root))
        return std::nullopt;
    return options;
}

// A name below /lib/modules.
bool is_release(std::string_view text) {
    return !text.empty() && text != "." && text != ".." && text.find('/') == std::string_view::npos;
}

int fail(const std::string& sentence) {
    log::error("check", sentence);
    return static_cast<int>(ExitCode::usage);
}

std::vector<std::string> faults_of_text(const std::string& text, const std::string& path) {
    std::vector<std::string> sentences;
    for (const auto& problem : config::parse_toml(text, config::kDefaultProfile).problems)
        sentences.push_back(config::to_string(problem, path));
    return sentences;
}

// With that file, whatever else the command line names. Without one, what a boot of this root reads.
BootConfig boot_config_of(const CheckOptions& options, const std::string& text) {
    auto command_line = config::parse_kernel_command_line(options.command_line.value_or(""));
    if (options.file.empty()) return read_boot_config(command_line);
    command_line.parameters.push_back({"nlinit.config", options.file});
    return read_boot_config(command_line, text);
}

// Who has the kernel start a program of the root has it mount the root too; an initramfs has its own /init.
bool mounts_root_by_kernel(const CheckOptions& options) {
    return config::parse_kernel_command_line(options.command_line.value_or("")).value_of("init") != nullptr;
}

int tell(const std::vector<std::string>& sentences, const std::string& file) {
    for (const auto& sentence : sentences) print(sentence + '\n');
    if (!sentences.empty()) return static_cast<int>(ExitCode::usage);
    print(file + ": fine\n");
    return static_cast<int>(ExitCode::configured);
}

}  // namespace

std::vector<std::string> check_option_names() {
    std::vector<std::string> names;
    for (const auto& [name, member] : kOptionsOfCheck) names.emplace_back(name);
    return names;
}

int check(const std::vector<std::string>& words) {
    const auto options = options_of(words);
    if (!options) return fail(std::string(kUsage));
    if (options->kernel && !is_release(*options->kernel))
        return fail("--kernel wants the release of a kernel, as 6.1.0-9, and not " + in_quotes(*options->kernel));
    const auto text = options->file.empty() ? Result<std::string>(std::string()) : read_config_file(options->file);
    if (!text.ok()) return fail(to_string(text.error()));
    if (!options->root && !options->command_line) return tell(faults_of_text(*text, options->file), options->file);
    if (!options->root) return tell(boot_config_of(*options, *text).warnings, options->file);
    if (const auto entered = sys::enter_other_root(*options->root); !entered.ok())
        return fail(to_string(entered.error()));
    auto boot_config = boot_config_of(*options, *text);
    add_payload_files(boot_config);
    auto sentences = std::move(boot_config.warnings);
    std::ranges::move(check_root(boot_config, options->kernel.value_or(""), mounts_root_by_kernel(*options)),
                      std::back_inserter(sentences));
    return tell(sentences, options->file.empty() ? *options->root : options->file);
}

void add_payload_files(BootConfig& boot_config) {
    auto files = payload_files(boot_config.config.payload);
    for (auto& file : files) file.text = read_payload_file(file.path);
    auto remarks = lay_payload_files(files, boot_config);
    std::ranges::move(remarks.warnings, std::back_inserter(boot_config.warnings));
    if (!remarks.not_obeyed.empty()) log::warning("config", remarks.not_obeyed);  // no mistake
    if (!boot_config.payload_fault.empty())
        boot_config.warnings.push_back(boot_config.payload_fault +
                                       ": with the file as it is here the payload is not started");
}

}  // namespace nlinit::app
