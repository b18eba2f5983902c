// SPDX-License-Identifier: Apache-2.0
// The manuals have every key, parameter, command and option, and none that is no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "app/netsetup/netsetup_options.hpp"
#include "app/tool/check_command.hpp"
#include "app/tool/help.hpp"
#include "app/tool/initramfs.hpp"
#include "app/tool/program.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::app {
namespace {

using Names = std::set<std::string>;

// What is in bold there: "\fB" to "\fR".
Names in_bold(const std::string& line) {
    Names names;
    for (auto start = line.find("\\fB"); start != std::string::npos; start = line.find("\\fB", start)) {
        start += 3;
        names.insert(line.substr(start, line.find("\\f", start) - start));
    }
    return names;
}

std::string without_escapes(std::string text) {
    for (auto at = text.find("\\-"); at != std::string::npos; at = text.find("\\-")) text.erase(at, 1);
    return text;
}

// The tags of a page's lists, each after the subsection that it is in: "[network] timeout".
Names tags_of(const std::string& page) {
    std::ifstream file(NLINIT_MANUALS + page);
    EXPECT_TRUE(file.is_open()) << page;
    Names tags;
    Names sections{""};
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with(".SH ")) sections = {""};
        if (line.starts_with(".SS ")) {
            sections.clear();
            for (const auto& name : in_bold(line)) sections.insert(name + ' ');
            if (sections.empty()) sections.insert(line.substr(4) + ' ');
        }
        if (line != ".TP" || !std::getline(file, line)) continue;
        for (const auto& section : sections)
            for (const auto& name : in_bold(without_escapes(line))) tags.insert(section + name);
    }
    return tags;
}

std::string text_of(const std::string& page) {
    std::ifstream file(NLINIT_MANUALS + page);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// "The names of [system.rlimit] are ...": a sentence in place of a table.
bool is_in_sentence(const std::string& key, const std::string& text) {
    const auto space = key.rfind(' ');
    std::stringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("The names of \\fB" + key.substr(0, space) + "\\fR") &&
            in_bold(line).contains(key.substr(space + 1)))
            return true;
    return false;
}

TEST(ManualTest, EveryKeyIsInNlinitToml) {
    const auto tags = tags_of("/man5/nlinit.toml.5");
    const auto text = text_of("/man5/nlinit.toml.5");
    for (auto key : config::known_keys()) {
        if (key.starts_with("the top level")) key[0] = 'T';
        EXPECT_TRUE(tags.contains(key) || is_in_sentence(key, text)) << key << " is not in nlinit.toml(5)";
    }
}

TEST(ManualTest, EveryKernelParameterIsInNlinitCmdline) {
    Names names;
    for (const auto& tag : tags_of("/man7/nlinit.cmdline.7")) {
        const auto name = tag.substr(tag.rfind(' ') + 1);
        names.insert(name.substr(0, name.find('=')));
    }
    for (const auto name : config::known_parameters())
        EXPECT_TRUE(names.contains(std::string(name))) << name << " is not in nlinit.cmdline(7)";
}

// The options that a text or a page has, "-h" and "--help" apart.
Names options_of(const Names& names) {
    Names options;
    for (const auto& name : names) {
        const auto option = name.substr(name.rfind(' ') + 1);
        if (option.starts_with("--") && option != "--help") options.insert(option);
    }
    return options;
}

void expect_options(const std::string& command, const std::vector<std::string>& known, const std::string& help) {
    Names options(known.begin(), known.end());
    options.erase("--help");
    EXPECT_EQ(options_of(tags_of("/man8/nlinit-" + command + ".8")), options) << command;
    for (const auto& option : options)
        EXPECT_THAT(help, ::testing::ContainsRegex("\n  (-., )?" + option + "[ \n]")) << command;
}

TEST(ManualTest, EveryOptionIsInHelpAndManualOfItsCommand) {
    expect_options("netsetup", netsetup_option_names(), netsetup_help());
    expect_options("check", check_option_names(), std::string(help_of("check")));
    expect_options("initramfs", initramfs_option_names(), std::string(help_of("initramfs")));
    expect_options("plan", {"--config"}, std::string(help_of("plan")));
    expect_options("report", {"--check", "--json", "--svg"}, std::string(help_of("report")));
}

TEST(ManualTest, EveryCommandHasAPageThatIsNamedInNlinit) {
    const auto page = text_of("/man8/nlinit.8");
    for (const auto word : commands()) {
        const std::string command(word);
        EXPECT_THAT(page, ::testing::HasSubstr(".BR nlinit\\-" + command + " (8)"));
        EXPECT_THAT(text_of("/man8/nlinit-" + command + ".8"), ::testing::HasSubstr("\\fBnlinit\\fR \\fB" + command));
    }
}

}  // namespace
}  // namespace nlinit::app
