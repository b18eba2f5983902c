// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/sources.hpp"

#include <gtest/gtest.h>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

Sources of_file(std::string_view text) {
    return parse_toml(text, "arcbox").sources;
}

Sources of_command_line(std::string_view text, Sources sources = {}) {
    auto config = *profile("arcbox");
    static_cast<void>(apply(parse_kernel_command_line(text), config, sources));
    return sources;
}

TEST(SourcesTest, WhatTheFileSetsIsFromItsLineAndColumn) {
    EXPECT_EQ(of_file(R"(log = "debug"
[system]
  hostname = "guest"
  sysctl = { net.ipv4.ip_forward = 1, "kernel.x" = 2 }
rlimit.nofile = 4
[network.dhcp]
acd = "probe"
[payload]
env = { A = 1 }
)"),
              (Sources{{"log", "1:1"},
                       {"system.hostname", "3:3"},
                       {"system.sysctl.net.ipv4.ip_forward", "4:23"},
                       {"system.sysctl.kernel.x", "4:39"},
                       {"system.rlimit.nofile", "5:8"},
                       {"network.dhcp.acd", "7:1"},
                       {"payload.env.A", "9:9"}}));
}

TEST(SourcesTest, RowsAreKnownByWhatIsTheirOwn) {
    EXPECT_EQ(of_file(R"([[mount]]
target = "/srv//x/"
type = "tmpfs"
[[symlink]]
path = "/a"
target = "b"
[[network.interface]]
match = "eth1"
[network.interface.dhcp]
broadcast = true
)"),
              (Sources{{"mount[/srv/x]", "1:1"},
                       {"mount[/srv/x].target", "2:1"},
                       {"mount[/srv/x].type", "3:1"},
                       {"symlink[/a]", "4:1"},
                       {"symlink[/a].path", "5:1"},
                       {"symlink[/a].target", "6:1"},
                       {"network.interface[eth1]", "7:1"},
                       {"network.interface[eth1].match", "8:1"},
                       {"network.interface[eth1].dhcp.broadcast", "10:1"}}));
}

TEST(SourcesTest, WhatIsNotUsedIsNoSource) {
    for (const std::string_view text :
         {"log = 1", "lgo = 1", "[system]\nhostname = \"-\"", "[[mount]]\ntarget = \"/x\"",
          "[system.sysctl]\n\"..\" = 1", "[[network.interface]]\nmatch = 1", "[payload]\nenv = { A = [] }", "mount = 1",
          "log = \"debug\"\nlog ="})
        EXPECT_EQ(of_file(text), Sources()) << text;
    const auto twice = of_file("[[mount]]\ntarget=\"/x\"\ntype=\"tmpfs\"\n[[mount]]\ntarget=\"/x\"\ntype=\"proc\"");
    EXPECT_EQ(twice.at("mount[/x]"), "1:1");
    EXPECT_EQ(twice.size(), 3U);
}

TEST(SourcesTest, ParametersAreSourcesByTheirNames) {
    EXPECT_EQ(
        of_command_line("nlinit.epoch=1 nlinit.log=debug nlinit.on-exit=halt nlinit.modules=a,b nlinit.mount=t:/t "
                        "nlinit.dns=lease hostname=x ip=eth0:dhcp rd.route=10.1.0.0/16:10.0.0.1 quiet -- /bin/sh"),
        (Sources{{"system.epoch", "kernel command line nlinit.epoch="},
                 {"log", "kernel command line nlinit.log="},
                 {"payload.on_exit", "kernel command line nlinit.on_exit="},
                 {"system.modules[a]", "kernel command line nlinit.modules="},
                 {"system.modules[b]", "kernel command line nlinit.modules="},
                 {"mount[/t]", "kernel command line nlinit.mount="},
                 {"network.dns", "kernel command line nlinit.dns="},
                 {"system.hostname", "kernel command line hostname="},
                 {"network.interface[eth0]", "kernel command line ip="},
                 {"network.interface[eth0][10.1.0.0/16 via 10.0.0.1]", "kernel command line rd.route="},
                 {"payload.command", "kernel command line --"}}));
    EXPECT_EQ(of_command_line("nlinit.log=loud nlinit.mount=x nlinit.modules=.. nlinit.epoch=x nameserver=x"),
              Sources());
}

TEST(SourcesTest, TheLastLayerIsTheSource) {
    const Sources file{{"network.interface[eth0].mtu", "f:2:1"},
                       {"network.interface[eth7]", "f:1:1"},
                       {"network.timeout", "f:3:1"},
                       {"network.dns", "f:4:1"}};
    EXPECT_EQ(of_command_line("ip=10.0.0.2:::24:guest:eth0:off:1.1.1.1", file),
              (Sources{{"network.interface[eth0]", "kernel command line ip="},
                       {"network.timeout", "f:3:1"},
                       {"network.dns", "kernel command line ip="},
                       {"system.hostname", "kernel command line ip="}}));
    EXPECT_EQ(of_command_line("nameserver=1.1.1.1", file).at("network.dns"), "kernel command line nameserver=");
}

TEST(SourcesTest, TheOtherKeyCountsWhereTheFirstHasNoSource) {
    const Sources sources{{"a", "1"}, {"b", "2"}};
    EXPECT_EQ(*find_source(sources, "b", "a"), "2");
    EXPECT_EQ(*find_source(sources, "x", "a"), "1");
    EXPECT_EQ(find_source(sources, "x"), nullptr);
    EXPECT_EQ(find_source(sources, "x", "y"), nullptr);
}

}  // namespace
}  // namespace nlinit::config
