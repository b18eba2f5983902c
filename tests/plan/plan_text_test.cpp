// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string plan(std::string_view file, std::string_view parameters = "") {
    auto [config, problems, usable, sources] = config::parse_toml(file, "none");
    EXPECT_TRUE(problems.empty()) << problems.front().what;
    for (auto& [key, place] : sources) place.insert(0, "f:");
    const auto command_line = config::parse_kernel_command_line(parameters);
    EXPECT_TRUE(config::apply(command_line, config, sources).empty());
    return plan_text(config, sources);
}

TEST(PlanTextTest, EveryPartIsThereWithItsSourceInAColumnOfItsOwn) {
    EXPECT_EQ(plan(R"(profile = "none"
log = "debug"
[system]
hostname = "guest"
modules = ["virtio_net"]
rlimit = { nofile = 1048576 }
[[mount]]
target = "/data"
source = "data"
type = "virtiofs"
options = "ro"
optional = true
[network]
dns = "lease"
timeout = "500ms"
dhcp.broadcast = true
[[network.interface]]
[[network.interface]]
match = "eth1"
method = "static"
address = "10.0.0.2/24"
default_route = false
optional = true
metric = 7
mtu = 1400
sysctl.proxy_arp = 1
[payload]
command = ["/bin/agent", "a b", ""]
env.LEVEL = 3
restart = "always"
user = "www:www"
groups = ["tty", "7"]
tty = "/dev/hvc0"
pids_max = 100
memory_max = "512M"
capabilities = ["CAP_CHOWN", "NET_RAW"]
no_new_privs = true
handoff = "exec"
[debug]
shell = "/bin/sh"
tty = "/dev/ttyS0"
[shutdown]
poweroff = "reboot"
reboot = "halt"
halt = "poweroff"
timeout = "5s"
power_button = "ignore"
)",
                   "nlinit.notify=vsock:2:1024 nlinit.modules=fuse rd.route=10.1.0.0/16:10.0.0.1:eth1 root=/dev/vda "
                   "rootfstype=erofs ro"),
              R"(boot
    profile none                          # from f:1:1
    log debug                             # from f:2:1
    tells vsock:2:1024                    # from kernel command line nlinit.notify=
    load module virtio_net                # from f:5:1
    load module fuse                      # from kernel command line nlinit.modules=
network
    primary: dhcp                         # from f:17:1
    eth1: static, optional                # from f:18:1
        address 10.0.0.2/24               # from f:21:1
        route 10.1.0.0/16 via 10.0.0.1    # from kernel command line rd.route=
        no default route                  # from f:22:1
        metric 7                          # from f:24:1
        mtu 1400                          # from f:25:1
        sysctl proxy_arp = 1              # from f:26:8
    name servers: from the lease          # from f:14:1
    dhcp broadcast: yes                   # from f:16:6
    missing interfaces are waited for 3s  # from profile none
    the payload waits for it 500ms        # from f:15:1
root, if it starts in an initramfs
    mount /dev/vda                        # from kernel command line root=
    type erofs                            # from kernel command line rootfstype=
    read-only                             # from kernel command line ro=
steps
    set host name guest                   # from f:4:1
    mount data on /data (ro), optional    # from f:7:1
    raise rlimit nofile to 1048576        # from f:6:12
payload
    /bin/agent 'a b' ''                   # from f:28:1
    env LEVEL=3                           # from f:29:5
    user www:www                          # from f:31:1
    groups tty, 7                         # from f:32:1
    terminal /dev/hvc0                    # from f:33:1
    processes at most 100                 # from f:34:1
    memory at most 512M                   # from f:35:1
    capabilities CHOWN, NET_RAW           # from f:36:1
    no new privileges                     # from f:37:1
    hand-off exec                         # from f:38:1
    restart always                        # from f:30:1
    on exit poweroff                      # from profile none
debug
    shell: /bin/sh                        # from f:40:1
    terminal /dev/ttyS0                   # from f:41:1
shutdown
    poweroff means reboot                 # from f:43:1
    reboot means halt                     # from f:44:1
    halt means poweroff                   # from f:45:1
    power button: ignore                  # from f:47:1
    takes at most 5s                      # from f:46:1
)");
}

TEST(PlanTextTest, NothingAtAllIsSaidToBeSo) {
    EXPECT_EQ(plan(""), R"(boot
    profile none         # from profile none
network
    no interface but lo  # from profile none
payload
    none: nlinit stays   # from profile none
)");
}

// Whatever key is added to the file one day.
TEST(PlanTextTest, AKeyThatNoItemSpeaksOfIsNamed) {
    auto config = *config::profile("none");
    const config::Sources sources{{"payload.colour", "f:9:1"}, {"mount[/x].size", "f:10:1"}, {"log", "f:11:1"}};
    const auto text = plan_text(config, sources);
    EXPECT_THAT(text, HasSubstr("also set\n    payload.colour       # from f:9:1\n"));
    EXPECT_THAT(text, Not(HasSubstr("size")));
}

TEST(PlanTextTest, EverySettingOfDhcpIsThere) {
    const auto text = plan(R"([network.dhcp]
hostname = "guest"
client_id = "01:02:03"
vendor_class = "v"
user_class = "u"
request = [43, 66]
lease_file = "/lease"
allow = ["10.0.0.1", "10.0.0.2"]
deny = "10.0.0.3"
start_delay = "2min"
fallback_lease = "90s"
acd = "probe"
rapid_commit = false
broadcast = true
release = true
use_hostname = true
ipv6_only = true
ms_routes = true
[[network.interface]]
dhcp.acd = "off"
)");
    for (const auto* line :
         {"hostname: guest ", "client_id: 010203 ", "vendor_class: v ", "user_class: u ", "request: 43, 66 ",
          "lease_file: /lease ", "allow: 10.0.0.1, 10.0.0.2 ", "deny: 10.0.0.3 ", "start_delay: 2min ",
          "fallback_lease: 90s ", "acd: probe ", "rapid_commit: no ", "broadcast: yes ", "release: yes ",
          "use_hostname: yes ", "ipv6_only: yes ", "ms_routes: yes ", "acd: off "})
        EXPECT_THAT(text, HasSubstr("dhcp " + std::string(line)));
    EXPECT_THAT(text, Not(HasSubstr("also set")));
}

TEST(PlanTextTest, WhatTheUserWroteStaysOnItsLine) {
    const auto text = plan(
        "[payload]\ncommand = [\"/bin/sh\", \"-c\", \"a\\nb\\u001b\"]\nenv.\"A\\nB\" = \"x\\ny\"\n"
        "[system]\nsysctl.x = \"1\\n2\"");
    EXPECT_THAT(text, HasSubstr("set sysctl x to 1\\x0a2 "));
    EXPECT_THAT(text, HasSubstr("/bin/sh -c a\\x0ab\\x1b"));
    EXPECT_THAT(text, HasSubstr("env A\\x0aB=x\\x0ay"));
}

}  // namespace
}  // namespace nlinit::plan
