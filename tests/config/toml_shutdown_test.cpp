// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using namespace std::chrono_literals;

TEST(TomlShutdownTest, KeysReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [shutdown]
        poweroff = "reboot"
        reboot = "poweroff"
        halt = "reboot"
        power_button = "ignore"
        timeout = "90s"
    )",
                                   "arcbox");
    EXPECT_TRUE(parsed.problems.empty());
    const Shutdown expected{.poweroff = EndAction::reboot,
                            .reboot = EndAction::poweroff,
                            .halt = EndAction::reboot,
                            .power_button = EndAction::stay,
                            .timeout = 90s};
    EXPECT_EQ(parsed.config.shutdown, expected);
}

TEST(TomlShutdownTest, EveryCommandMeansItselfByDefault) {
    const auto parsed = parse_toml("", "arcbox");
    const auto& shutdown = parsed.config.shutdown;
    EXPECT_EQ(shutdown.poweroff, std::nullopt);
    EXPECT_EQ(shutdown.reboot, EndAction::reboot);
    EXPECT_EQ(shutdown.halt, EndAction::halt);
    EXPECT_EQ(shutdown.power_button, EndAction::poweroff);
    EXPECT_EQ(shutdown.timeout, 20s);
}

TEST(TomlShutdownTest, MistakesAreNamedAndNotUsed) {
    const struct {
        std::string_view line, problem;
    } cases[] = {
        {"poweroff = \"stay\"", ":2:12: 'poweroff' in [shutdown] must be poweroff, reboot or halt, not 'stay'"},
        {"poweroff = true", ":2:12: 'poweroff' in [shutdown] must be poweroff, reboot or halt, not true"},
        {"reboot = \"\"", ":2:10: 'reboot' in [shutdown] must be poweroff, reboot or halt, not ''"},
        {"halt = 1", ":2:8: 'halt' in [shutdown] must be poweroff, reboot or halt, not 1"},
        {"power_button = \"stay\"",
         ":2:16: 'power_button' in [shutdown] must be poweroff, reboot, halt or ignore, not 'stay'"},
        {"power_button = false",
         ":2:16: 'power_button' in [shutdown] must be poweroff, reboot, halt or ignore, not false"},
        {"powerbutton = \"halt\"", ":2:1: unknown key 'powerbutton' in [shutdown]: did you mean 'power_button'?"},
        {"timeout = \"999ms\"",
         ":2:11: 'timeout' in [shutdown] must be a time such as \"20s\", from a second to a day, not '999ms'"},
        {"timeout = 20",
         ":2:11: 'timeout' in [shutdown] must be a time such as \"20s\", from a second to a day, not 20"},
        {"power_off = \"reboot\"", ":2:1: unknown key 'power_off' in [shutdown]: did you mean 'poweroff'?"},
        {"halt = \"reboot\"\nhalt = \"reboot\"", ":3:8: "},
    };
    for (const auto& [line, problem] : cases) {
        const auto parsed = parse_toml("[shutdown]\n" + std::string(line), "none");
        ASSERT_FALSE(parsed.problems.empty()) << line;
        EXPECT_TRUE(to_string(parsed.problems[0], "").starts_with(problem)) << to_string(parsed.problems[0], "");
        EXPECT_EQ(parsed.config, *profile("none")) << line;
    }
}

TEST(TomlShutdownTest, IsATable) {
    const auto parsed = parse_toml("shutdown = 1\n", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(to_string(parsed.problems[0], ""), ":1:12: 'shutdown' in the top level must be a table, not 1");
}

}  // namespace
}  // namespace nlinit::config
