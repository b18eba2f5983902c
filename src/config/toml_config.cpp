// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/toml_config.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/words.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

Config profile_or_default(std::string_view name, Problems& problems) {
    if (auto config = profile(name)) return *std::move(config);
    problems.add({}, concat({"unknown profile ", in_quotes(name), ", so ", kDefaultProfile, " is used",
                             did_you_mean(name, kProfileNames)}));
    return profile(kDefaultProfile).value_or(Config());
}

std::optional<std::string> profile_name(std::string_view text) {
    if (std::ranges::find(kProfileNames, text) == kProfileNames.end()) return std::nullopt;
    return std::string(text);
}

void read_root(TableReader& root, Config& config) {
    root.read("log", config.log_level, kLogLevelWords);
    root.read("on_required_failure", config.on_required_failure, kEndActionWords);
    root.table("debug", [&](TableReader& table) { read_debug(table, config.debug_shell); });
    root.table("system", [&](TableReader& table) { read_system(table, config.system); });
    root.table("root", [&](TableReader& table) { read_root_section(table, config.root); });
    read_rows(root, config);
    read_binfmts(root, config.binfmts);
    root.table("network", [&](TableReader& table) { read_network(table, config.network); });
    root.table("payload", [&](TableReader& table) { read_payload(table, config.payload); });
    root.table("shutdown", [&](TableReader& table) { read_shutdown(table, config.shutdown); });
    root.finish();
}

Config read_whole(TableReader& root, std::string name, std::string_view profile, Problems& problems) {
    root.read("profile", name, profile_name, "arcbox, minimal or none");
    if (!profile.empty()) name = profile;
    auto config = profile_or_default(name, problems);
    read_root(root, config);
    return config;
}

}  // namespace

std::string to_string(const Problem& problem, std::string_view file) {
    std::string text(file);
    if (problem.line > 0) append(text, {":", std::to_string(problem.line), ":", std::to_string(problem.column)});
    return concat({text, ": ", problem.what});
}

ParsedConfig parse_toml(std::string_view text, std::string_view fallback_profile, std::string_view profile) {
    Problems problems;
    const auto document = parse_toml_document(text);
    if (const auto* fault = std::get_if<Problem>(&document)) {
        problems.add({fault->line, fault->column}, fault->what);
        auto config = profile_or_default(profile.empty() ? fallback_profile : profile, problems);
        return {std::move(config), std::move(problems).take(), false, {}};
    }
    TableReader root(*std::get_if<TomlTable>(&document), {1, 1}, "the top level", problems);
    auto config = read_whole(root, std::string(fallback_profile), profile, problems);
    Sources sources;
    for (const auto& [key, at] : root.places())
        sources.insert_or_assign(key, concat({std::to_string(at.line), ":", std::to_string(at.column)}));
    return {std::move(config), std::move(problems).take(), true, std::move(sources)};
}

std::vector<std::string> known_keys() {
    std::vector<std::string> keys;
    Problems problems;
    problems.asked = &keys;
    const TomlTable nothing;
    TableReader root(nothing, {}, "the top level", problems);
    static_cast<void>(read_whole(root, "none", {}, problems));
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

}  // namespace nlinit::config
