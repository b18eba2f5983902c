#include "nlinit/app/boot_config.hpp"

#include <cerrno>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/sys/file.hpp"

namespace nlinit::app {
namespace {

std::string profile_name(const config::KernelCommandLine& command_line, std::vector<std::string>& warnings) {
    const auto* name = command_line.value_of("nlinit.profile");
    if (name == nullptr) return std::string(config::kDefaultProfile);
    if (config::profile(*name)) return *name;
    warnings.push_back("nlinit.profile=" + *name + ": there is no such profile; " +
                       std::string(config::kDefaultProfile) + " is used");
    return std::string(config::kDefaultProfile);
}

void read_file(const std::string& path, bool must_exist, const std::string& profile, BootConfig& result) {
    const auto text = sys::read_file(path, config::kMaxConfigSize);
    if (!text.ok()) {
        if (must_exist || text.error().code != ENOENT) result.warnings.push_back(to_string(text.error()));
        return;
    }
    auto parsed = config::parse_toml(*text, profile);
    result.config = std::move(parsed.config);
    result.file = path;
    for (const auto& problem : parsed.problems) result.warnings.push_back(config::to_string(problem, path));
    if (!parsed.usable) result.warnings.push_back(path + " is not used: the profile boots");
}

}  // namespace

BootConfig read_boot_config(const config::KernelCommandLine& command_line) {
    BootConfig result;
    const std::string profile = profile_name(command_line, result.warnings);
    result.config = config::profile(profile).value_or(config::Config{});
    const auto* path = command_line.value_of("nlinit.config");
    read_file(path ? *path : std::string(config::kDefaultConfigPath), path != nullptr, profile, result);
    for (auto& warning : config::apply(command_line, result.config)) result.warnings.push_back(std::move(warning));
    return result;
}

}  // namespace nlinit::app
