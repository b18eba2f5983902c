// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/toml_config.hpp"

#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"

namespace nlinit::config {
namespace {

using Strings = std::vector<std::string>;

Config config_of(std::string_view text) {
    auto parsed = parse_toml(text, "none");
    for (const auto& problem : parsed.problems) ADD_FAILURE() << to_string(problem, "text") << "\n" << text;
    return std::move(parsed.config);
}

// "line:column: what" of each problem.
Strings problems_of(std::string_view text) {
    Strings list;
    for (const auto& problem : parse_toml(text, "none").problems) list.push_back(to_string(problem, ""));
    return list;
}

TEST(TomlConfigTest, EmptyFileIsTheProfile) {
    for (const auto name : kProfileNames) EXPECT_EQ(parse_toml("", name).config, *profile(name));
    EXPECT_TRUE(parse_toml("# nothing\n", "arcbox").usable);
}

TEST(TomlConfigTest, FileChoosesItsProfile) {
    EXPECT_EQ(parse_toml("profile = \"minimal\"", "arcbox").config, *profile("minimal"));
}

TEST(TomlConfigTest, UnknownProfilesFallBack) {
    const auto file = parse_toml("profile = \"arcbux\"", "minimal");
    EXPECT_EQ(file.config, *profile("minimal"));
    ASSERT_EQ(file.problems.size(), 1U);
    EXPECT_EQ(to_string(file.problems[0], "f"),
              "f:1:11: 'profile' in the top level must be arcbox, minimal or none, not 'arcbux'");
    const auto fallback = parse_toml("", "arcbux");
    EXPECT_EQ(fallback.config, *profile("minimal"));
    ASSERT_EQ(fallback.problems.size(), 1U);
    EXPECT_EQ(to_string(fallback.problems[0], "f"),
              "f: unknown profile 'arcbux', so minimal is used: did you mean 'arcbox'?");
}

TEST(TomlConfigTest, UnusableFileLeavesTheProfile) {
    const auto parsed = parse_toml("[network]\nwait = false\nwait = ", "arcbox");
    EXPECT_FALSE(parsed.usable);
    EXPECT_EQ(parsed.config, *profile("arcbox"));
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].line, 3U);
}

TEST(TomlConfigTest, TopLevelAndPayloadReachTheirPlaces) {
    const auto config = config_of(R"(
        log = "warning"
        on_required_failure = "reboot"
        [payload]
        command = ["/sbin/agent", "--serve", "two\nlines"]
        env = { PATH = "/bin", LEVEL = 3 }
        cwd = "/srv/"
        restart = "on-failure"
        on_exit = "halt"
        stop_timeout = "500ms"
    )");
    EXPECT_EQ(config.log_level, LogLevel::warning);
    EXPECT_EQ(config.on_required_failure, EndAction::reboot);
    EXPECT_EQ(config.payload.command, (Strings{"/sbin/agent", "--serve", "two\nlines"}));
    EXPECT_EQ(config.payload.environment, (std::map<std::string, std::string>{{"LEVEL", "3"}, {"PATH", "/bin"}}));
    EXPECT_EQ(config.payload.working_directory, "/srv");
    EXPECT_EQ(config.payload.restart, Restart::on_failure);
    EXPECT_EQ(config.payload.on_exit, EndAction::halt);
    EXPECT_EQ(config.payload.stop_timeout, std::chrono::milliseconds(500));
}

TEST(TomlConfigTest, EveryMistakeIsNamedWithItsPlaceAndTheRest) {
    const struct {
        std::string_view text, problem;
    } cases[] = {
        {"lgo = \"info\"", ":1:1: unknown key 'lgo' in the top level: did you mean 'log'?"},
        {"[netwrok]\nwait = true", ":1:2: unknown key 'netwrok' in the top level: did you mean 'network'?"},
        {"network = 1", ":1:11: 'network' in the top level must be a table, not 1"},
        {"[payload]\ncommand = \"/sbin/agent\"",
         ":2:11: 'command' in [payload] must be a list of strings, not '/sbin/agent'"},
        {"[payload]\ncommand = [\"/sbin/agent\", 1]", ":2:27: 'command' in [payload] must be a list of strings, not 1"},
        {"[payload]\ncommand = [\"a\\u0000\"]",
         ":2:12: 'command' in [payload] must be a list of strings, not 'a\\x00'"},
        {"[payload]\ncommand = [\"\"]",
         ":2:11: 'command' in [payload] must be a list that begins with a program, not a list"},
        {"[payload]\ncwd = \"tmp\"", ":2:7: 'cwd' in [payload] must be an absolute path without \"..\", not 'tmp'"},
        {"[payload]\nrestart = \"allways\"",
         ":2:11: 'restart' in [payload] must be never, on-failure or always, not 'allways'"},
        {"[payload]\nstop_timeout = 10",
         ":2:16: 'stop_timeout' in [payload] must be a time such as \"6s\" or \"500ms\", up to a day, not 10"},
        {"[payload]\nenv.\"A=B\" = \"x\"", ":2:5: 'A=B' cannot be the name of a variable in [payload]"},
        {"[payload]\nenv.A = [1]", ":2:9: 'A' in [payload] must be a string or a number, not a list"},
        {"[payload]\nenv = 2020-01-01",
         ":2:7: 'env' in [payload] must be a table, not a date or a number with a fraction"},
    };
    for (const auto& [text, problem] : cases) {
        EXPECT_EQ(problems_of(text), Strings{std::string(problem)}) << text;
        EXPECT_EQ(parse_toml(text, "none").config, *profile("none")) << text;
    }
}

TEST(TomlConfigTest, OneMistakeSparesTheOtherKeys) {
    const auto parsed = parse_toml("[network]\nwait = \"no\"\ntimeout = \"1s\"\n", "arcbox");
    EXPECT_TRUE(parsed.usable);
    EXPECT_EQ(parsed.problems.size(), 1U);
    EXPECT_TRUE(parsed.config.network.wait);
    EXPECT_EQ(parsed.config.network.timeout, std::chrono::seconds(1));
}

TEST(TomlConfigTest, ProblemsComeInTheOrderOfTheFile) {
    const auto problems = problems_of("z = 1\n[payload]\nx = 1\non_exit = 1\n[system]\ncgroup = 1\n");
    ASSERT_EQ(problems.size(), 4U);
    EXPECT_TRUE(problems[0].starts_with(":1:1: "));
    EXPECT_TRUE(problems[1].starts_with(":3:1: "));
    EXPECT_TRUE(problems[2].starts_with(":4:11: "));
    EXPECT_TRUE(problems[3].starts_with(":6:10: "));
}

TEST(TomlConfigTest, ProblemsAreBoundedAndPrintable) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "\"\\u001b[1m" + std::to_string(i) + "\" = 1\n";
    const auto problems = problems_of(text);
    ASSERT_EQ(problems.size(), 101U);
    EXPECT_EQ(problems.back(), ": and 900 more problems");
    for (const auto& problem : problems) EXPECT_EQ(problem.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace nlinit::config
