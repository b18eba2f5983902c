// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/module_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using ByDevice = ModulePlan::ByDevice;

ModulePlan plan_of(const char* toml, const char* command_line = "") {
    auto parsed = config::parse_toml(toml, config::kDefaultProfile);
    EXPECT_TRUE(parsed.problems.empty()) << toml;
    EXPECT_THAT(config::apply(config::parse_kernel_command_line(command_line), parsed.config, parsed.sources),
                IsEmpty());
    return module_plan(parsed.config, parsed.sources);
}

TEST(ModulePlanTest, WhereNothingIsSaidDevicesAreAskedIfThatCanBe) {
    EXPECT_EQ(plan_of("").by_device, ByDevice::if_known);
    EXPECT_THAT(plan_of("").names, IsEmpty());
}

TEST(ModulePlanTest, AListWins) {
    const auto plan = plan_of("[system]\nmodules = [\"a\", \"b x=1\"]\n");
    EXPECT_EQ(plan.by_device, ByDevice::never);
    EXPECT_THAT(plan.names, ElementsAre("a", "b x=1"));
    EXPECT_EQ(plan_of("", "nlinit.modules=a").by_device, ByDevice::never);
}

TEST(ModulePlanTest, AnEmptyListIsAListToo) {
    EXPECT_EQ(plan_of("[system]\nmodules = []\n").by_device, ByDevice::never);
}

TEST(ModulePlanTest, AutoMayStandBesideNames) {
    const auto plan = plan_of("[system]\nmodules = [\"a\", \"auto\"]\n", "nlinit.modules=b");
    EXPECT_EQ(plan.by_device, ByDevice::always);
    EXPECT_THAT(plan.names, ElementsAre("a", "b"));
    EXPECT_EQ(plan_of("", "nlinit.modules=auto").by_device, ByDevice::always);
    EXPECT_EQ(plan_of("[system]\nmodules = \"auto\"\n").by_device, ByDevice::always);
}

TEST(ModulePlanTest, DriversOfAllDisksAreForDisksThatMayBeAny) {
    for (const auto* line : {"root=/dev/vda1", "root=/dev/nvme0n1p2", "root=virtiofs:users", "nlinit.overlay=tmpfs",
                             "nlinit.mount=users:/srv", "root=tmpfs", ""})
        EXPECT_FALSE(plan_of("", line).wants_disks) << line;
    for (const auto* line : {"root=/dev/sda1", "root=LABEL=x", "root=UUID=0c0f", "nlinit.overlay=/dev/sdb",
                             "nlinit.mount=LABEL=x:/srv", "root=8:1", "root=/dev/mmcblk0p1"})
        EXPECT_TRUE(plan_of("", line).wants_disks) << line;
}

TEST(ModulePlanTest, FilesystemsAreThoseOfTheOverlayAndOfMountsThatAreMissed) {
    const auto plan = plan_of(
        "profile = \"none\"\n[root]\noverlay = \"/dev/vdb\"\noverlay_type = \"xfs\"\n"
        "[[mount]]\nsource = \"users\"\ntarget = \"/a\"\ntype = \"virtiofs\"\n"
        "[[mount]]\nsource = \"users\"\ntarget = \"/b\"\ntype = \"fuse.x\"\n"
        "[[mount]]\nsource = \"/dev/vdc\"\ntarget = \"/c\"\ntype = \"btrfs\"\noptional = true\n");
    EXPECT_THAT(plan.filesystems, ElementsAre("overlay", "xfs", "fuse"));
}

TEST(ModulePlanTest, ProtocolsAreThoseOfTheInterfaces) {
    EXPECT_TRUE(plan_of("").wants_packets);
    EXPECT_TRUE(plan_of("").wants_ipv6);
    const auto off = plan_of(
        "[[network.interface]]\nmatch = \"eth0\"\nmethod = \"static\"\naddress = \"10.0.0.2/24\"\nipv6 = \"none\"\n");
    EXPECT_FALSE(off.wants_packets);
    EXPECT_FALSE(off.wants_ipv6);
}

}  // namespace
}  // namespace nlinit::plan
