// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using Strings = std::vector<std::string>;
using Sysctls = std::map<std::string, std::string>;

TEST(TomlSystemTest, KeysReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [system]
        hostname = "guest"
        modules = ["virtio_net", "virtiofs"]
        sysctl = { "net.ipv4.ip_forward" = 0, "kernel.core_pattern" = "core", "net/ipv4/conf/eth0.1/forwarding" = true }
        rlimit = { nofile = 1048576, core = "unlimited" }
        hosts = false
        cgroup = false
        report = "/arcbox//boot.json"
        epoch = 1700000000
    )",
                                   "arcbox");
    EXPECT_TRUE(parsed.problems.empty());
    const auto& system = parsed.config.system;
    EXPECT_EQ(system.hostname, "guest");
    EXPECT_EQ(system.modules, (Strings{"virtio_net", "virtiofs"}));
    EXPECT_EQ(system.sysctl, (Sysctls{{"kernel.core_pattern", "core"},
                                      {"net.ipv4.ip_forward", "0"},
                                      {"net.ipv4.conf.eth0/1.forwarding", "1"}}));
    EXPECT_EQ(system.rlimits, (std::vector<Rlimit>{{"core", ~std::uint64_t{0}}, {"nofile", 1048576}}));
    EXPECT_FALSE(system.hosts);
    EXPECT_FALSE(system.cgroup);
    EXPECT_EQ(system.report, "/arcbox/boot.json");
    EXPECT_EQ(system.epoch, 1'700'000'000);
}

TEST(TomlSystemTest, SysctlsNeedNoQuotes) {
    const auto parsed = parse_toml("[system.sysctl]\nvm.swappiness = 10\nnet.core.somaxconn = 1\n", "none");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.system.sysctl, (Sysctls{{"net.core.somaxconn", "1"}, {"vm.swappiness", "10"}}));
}

TEST(TomlSystemTest, SysctlsOfTheProfileStay) {
    const auto parsed = parse_toml("[system]\nsysctl.vm.swappiness = 10\n", "arcbox");
    EXPECT_EQ(parsed.config.system.sysctl, (Sysctls{{"net.ipv4.ip_forward", "1"}, {"vm.swappiness", "10"}}));
}

TEST(TomlSystemTest, ASysctlOfTheProfileMakesRoomForAnotherSpelling) {
    for (const std::string key : {"net/ipv4/ip_forward", "/proc/sys/net/ipv4/ip_forward", "net.ipv4.ip_forward"}) {
        const auto parsed = parse_toml("[system.sysctl]\n\"" + key + "\" = 0\n", "arcbox");
        EXPECT_EQ(parsed.config.system.sysctl, (Sysctls{{"net.ipv4.ip_forward", "0"}})) << key;
    }
    const auto parsed = parse_toml("[system.sysctl]\n\"-net/ipv4/ip_forward\" = 0\n", "arcbox");
    EXPECT_EQ(parsed.config.system.sysctl, (Sysctls{{"-net.ipv4.ip_forward", "0"}}));
}

TEST(TomlSystemTest, MistakesAreNamedAndNotUsed) {
    const struct {
        std::string_view line, problem;
    } cases[] = {
        {"hostname = \"a b\"",
         ":2:12: 'hostname' in [system] must be a host name (no address) of at most 64 letters, digits, '-' and '.', "
         "not 'a b'"},
        {"report = \"boot.json\"",
         ":2:10: 'report' in [system] must be an absolute path without \"..\", not 'boot.json'"},
        {"modules = [\"x.ko\"]",
         ":2:12: 'modules' in [system] must be the name of a module, or a list of such, not 'x.ko'"},
        {"sysctl = { \"../x\" = 1 }", ":2:12: '../x' is not the name of a sysctl in [system]"},
        {"sysctl = { \"a.b\" = 1.5 }",
         ":2:20: 'a.b' in [system] must be a number or a string, not a date or a number with a fraction"},
        {"rlimit = { nofiles = 1 }", ":2:12: unknown key 'nofiles' in [system.rlimit]: did you mean 'nofile'?"},
        {"rlimit = { nofile = -1 }", ":2:21: 'nofile' in [system.rlimit] must be a number or \"unlimited\", not -1"},
        {"epoch = -1", ":2:9: 'epoch' in [system] must be a number from 0 to 9223372035, not -1"},
    };
    for (const auto& [line, problem] : cases) {
        const auto parsed = parse_toml("[system]\n" + std::string(line), "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << line;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        EXPECT_EQ(parsed.config, *profile("none")) << line;
    }
}

}  // namespace
}  // namespace nlinit::config
