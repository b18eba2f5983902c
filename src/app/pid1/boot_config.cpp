// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_config.hpp"

#include <algorithm>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/plan/config_remarks.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::app {
namespace {

// Empty: the file may choose.
std::string profile_name(const config::KernelCommandLine& command_line, std::vector<std::string>& warnings) {
    const auto* name = command_line.value_of("nlinit.profile");
    if (name == nullptr) return {};
    if (std::ranges::find(config::kProfileNames, *name) != config::kProfileNames.end()) return *name;
    append(warnings, {"nlinit.profile=", in_quotes(*name), ": there is no such profile",
                      did_you_mean(*name, config::kProfileNames)});
    return {};
}

void take_file(const std::string& path, const Result<std::string>& text, bool must_exist, const std::string& profile,
               BootConfig& result) {
    if (!text.ok()) {
        if (!must_exist && text.error().code == ENOENT) return;
        result.file_fault = to_string(text.error());
        result.warnings.push_back(result.file_fault + "; the profile boots");
        return;
    }
    auto parsed = config::parse_toml(*text, config::kDefaultProfile, profile);
    result.config = std::move(parsed.config);
    result.file = path;
    for (auto& [key, place] : parsed.sources)
        result.sources.insert_or_assign(key, std::move(place.insert(0, 1, ':').insert(0, path)));
    if (!parsed.problems.empty()) result.file_fault = config::to_string(parsed.problems.front(), path);
    for (const auto& problem : parsed.problems) result.warnings.push_back(config::to_string(problem, path));
    if (!parsed.usable) result.warnings.push_back(path + " is not used: the profile boots");
}

}  // namespace

Result<std::string> read_config_file(const std::string& path) {
    auto text = sys::read_file(path, config::kMaxConfigSize);
    if (text.ok() || text.error().code != EFBIG) return text;
    return Error{0, concat({path, " is longer than a configuration may be, ", std::to_string(config::kMaxConfigSize),
                            " bytes"})};
}

std::string config_path(const config::KernelCommandLine& command_line) {
    const auto* path = command_line.value_of("nlinit.config");
    return path != nullptr && !path->empty() ? *path : std::string(config::kDefaultConfigPath);
}

BootConfig read_boot_config(const config::KernelCommandLine& command_line) {
    return read_boot_config(command_line, read_config_file(config_path(command_line)));
}

BootConfig read_boot_config(const config::KernelCommandLine& command_line, const Result<std::string>& text) {
    BootConfig result;
    const std::string profile = profile_name(command_line, result.warnings);
    result.config = config::profile(profile.empty() ? config::kDefaultProfile : profile).value_or(config::Config{});
    result.sources.emplace("profile", "the default");
    const auto* named = command_line.value_of("nlinit.config");
    const bool must_exist = named != nullptr && !named->empty();
    take_file(config_path(command_line), text, must_exist, profile, result);
    if (!profile.empty()) result.sources.insert_or_assign("profile", config::source_of_parameter("nlinit.profile"));
    for (auto& warning : config::apply(command_line, result.config, result.sources))
        result.warnings.push_back(std::move(warning));
    for (auto& remark : plan::config_remarks(result.config)) result.warnings.push_back(std::move(remark));
    return result;
}

}  // namespace nlinit::app
