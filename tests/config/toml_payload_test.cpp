// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using Strings = std::vector<std::string>;

TEST(TomlPayloadTest, KeysReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [payload]
        command = ["/sbin/agent", "--serve", "two\nlines"]
        env = { PATH = "/bin", LEVEL = 3 }
        cwd = "/srv/"
        user = "www:1000"
        groups = ["video", "44"]
        tty = "/dev/hvc0"
        pids_max = 512
        memory_max = "1G"
        capabilities = ["NET_ADMIN", "cap_net_raw"]
        no_new_privs = true
        oci = "/image//config.json"
        env_file = ["/run/a", "/run/b"]
        rlimit = { nofile = 1024, core = "0:unlimited", stack = "unlimited" }
        umask = "0027"
        oom_score_adj = -1000
        stop_signal = "SIGRTMIN+3"
        handoff = "exec"
        restart = "on-failure"
        on_exit = "halt"
        stop_timeout = "500ms"
        [debug]
        shell = "/bin/bash"
        tty = "/dev/ttyS1"
    )",
                                   "arcbox");
    EXPECT_TRUE(parsed.problems.empty());
    const auto& payload = parsed.config.payload;
    EXPECT_EQ(payload.command, (Strings{"/sbin/agent", "--serve", "two\nlines"}));
    EXPECT_EQ(payload.environment, (std::map<std::string, std::string>{{"LEVEL", "3"}, {"PATH", "/bin"}}));
    EXPECT_EQ(payload.working_directory, "/srv");
    EXPECT_EQ(payload.user, "www:1000");
    EXPECT_EQ(payload.groups, (Strings{"video", "44"}));
    EXPECT_EQ(payload.tty, "/dev/hvc0");
    EXPECT_EQ(payload.pids_max, 512U);
    EXPECT_EQ(payload.memory_max, 1U << 30);
    EXPECT_EQ(payload.capabilities, (std::vector<std::uint8_t>{12, 13}));
    EXPECT_TRUE(payload.no_new_privs);
    EXPECT_EQ(payload.oci, "/image/config.json");
    EXPECT_EQ(payload.env_files, (Strings{"/run/a", "/run/b"}));
    constexpr auto kUnlimited = ~std::uint64_t{0};
    EXPECT_EQ(payload.rlimits,
              (std::vector<ProcessLimit>{
                  {"core", 0, kUnlimited}, {"nofile", 1024, 1024}, {"stack", kUnlimited, kUnlimited}}));
    EXPECT_EQ(payload.umask, 027U);
    EXPECT_EQ(payload.oom_score_adj, -1000);
    EXPECT_EQ(payload.stop_signal, 37);
    EXPECT_EQ(payload.handoff, Handoff::exec);
    EXPECT_EQ(payload.restart, Restart::on_failure);
    EXPECT_EQ(payload.on_exit, EndAction::halt);
    EXPECT_EQ(payload.stop_timeout, std::chrono::milliseconds(500));
    EXPECT_EQ(parsed.config.debug_shell, (DebugShell{true, "/bin/bash", "/dev/ttyS1"}));
}

TEST(TomlPayloadTest, ADebugShellIsASwitchToo) {
    EXPECT_EQ(parse_toml("debug.shell = true", "none").config.debug_shell, (DebugShell{true, "", ""}));
    EXPECT_EQ(parse_toml("debug.shell = false", "none").config.debug_shell, DebugShell{});
}

TEST(TomlPayloadTest, MistakesAreNamedAndNotUsed) {
    constexpr std::string_view kUser = "must be a name or a number, or two with ':' between them";
    constexpr std::string_view kWantedDevice = "must be the path of a device below /dev";
    const struct {
        std::string_view text;
        std::string problem;
    } cases[] = {
        {"[payload]\nuser = 1000", ":2:8: 'user' in [payload] " + std::string(kUser) + ", not 1000"},
        {"[payload]\nuser = \"\"", ":2:8: 'user' in [payload] " + std::string(kUser) + ", not ''"},
        {"[payload]\nuser = \"a:\"", ":2:8: 'user' in [payload] " + std::string(kUser) + ", not 'a:'"},
        {"[payload]\nuser = \"a:b:c\"", ":2:8: 'user' in [payload] " + std::string(kUser) + ", not 'a:b:c'"},
        {"[payload]\nuser = \"a b\"", ":2:8: 'user' in [payload] " + std::string(kUser) + ", not 'a b'"},
        {"[payload]\ngroups = [\"a:b\"]",
         ":2:11: 'groups' in [payload] must be the name or number of a group, or a list of such, not 'a:b'"},
        {"[payload]\ntty = \"hvc0\"", ":2:7: 'tty' in [payload] " + std::string(kWantedDevice) + ", not 'hvc0'"},
        {"[payload]\ntty = \"/tmp/x\"", ":2:7: 'tty' in [payload] " + std::string(kWantedDevice) + ", not '/tmp/x'"},
        {"[payload]\npids_max = 0", ":2:12: 'pids_max' in [payload] must be a number from 1 to 4194304, not 0"},
        {"[payload]\nhandoff = \"fork\"", ":2:11: 'handoff' in [payload] must be supervise or exec, not 'fork'"},
        {"[payload]\nusr = \"x\"", ":2:1: unknown key 'usr' in [payload]: did you mean 'user'?"},
        {"[debug]\nshell = 1", ":2:9: 'shell' in [debug] must be true, false or the path of a shell, not 1"},
        {"[debug]\ntty = \"/\"", ":2:7: 'tty' in [debug] " + std::string(kWantedDevice) + ", not '/'"},
        {"debug = true", ":1:9: 'debug' in the top level must be a table, not true"},
        {"[system]\nnotify = \"vsock:2\"",
         ":2:10: 'notify' in [system] must be vsock:CID:PORT, port:NAME or unix:PATH, not 'vsock:2'"},
    };
    for (const auto& [text, problem] : cases) {
        const auto parsed = parse_toml(text, "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << text;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        EXPECT_EQ(parsed.config, *profile("none")) << text;
    }
}

}  // namespace
}  // namespace nlinit::config
