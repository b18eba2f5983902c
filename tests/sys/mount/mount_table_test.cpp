// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_table.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>

#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

TEST(MountTable, ReadsALineOfMountinfo) {
    const auto table = parse_mount_table(
        "36 35 98:0 /mnt1 /mnt2 rw,nosuid,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue\n");
    ASSERT_EQ(table.size(), 1U);
    EXPECT_EQ(table[0].target, "/mnt2");
    EXPECT_EQ(table[0].type, "ext3");
    EXPECT_EQ(table[0].source, "/dev/root");
    EXPECT_EQ(table[0].device, "98:0");
    EXPECT_FALSE(table[0].read_only);
    EXPECT_EQ(table[0].flags, static_cast<unsigned long>(MS_NOSUID | MS_NOATIME));
}

TEST(MountTable, AWordOfTheKernelsHasItsSpacesAgain) {
    EXPECT_EQ(unescape(R"(/data/my\040swap\011x\134)"), "/data/my swap\tx\\");
    EXPECT_EQ(unescape(R"(/a\04)"), R"(/a\04)");
}

TEST(MountTable, KnowsAShareByItsType) {
    for (const auto* type : {"virtiofs", "9p", "nfs4", "fuse", "fuse.sshfs"}) EXPECT_TRUE(is_share(type)) << type;
    for (const auto* type : {"ext4", "fuseblk", "fusectl", "overlay", ""}) EXPECT_FALSE(is_share(type)) << type;
}

TEST(MountTable, ReadsALineWithoutOptionalFields) {
    const auto table = parse_mount_table("1 1 0:2 / / rw - rootfs none rw");
    ASSERT_EQ(table.size(), 1U);
    EXPECT_EQ(table[0].target, "/");
    EXPECT_EQ(table[0].type, "rootfs");
    EXPECT_EQ(table[0].flags, 0U);
}

TEST(MountTable, TellsAReadOnlyFilesystemFromAReadOnlyMount) {
    const auto table =
        parse_mount_table("1 1 0:2 / / ro - ext4 a rw\n2 1 0:3 / /b rw - ext4 b ro\n3 1 0:4 / /c rw - c c ro,x\n");
    ASSERT_EQ(table.size(), 3U);
    EXPECT_FALSE(table[0].read_only);
    EXPECT_TRUE(table[1].read_only);
    EXPECT_TRUE(table[2].read_only);
}

TEST(MountTable, DecodesWhatIsEscaped) {
    const auto table = parse_mount_table("1 1 0:2 / /a\\040b\\011c\\134d rw - tmpfs s\\012t rw\n");
    ASSERT_EQ(table.size(), 1U);
    EXPECT_EQ(table[0].target, "/a b\tc\\d");
    EXPECT_EQ(table[0].source, "s\nt");
}

TEST(MountTable, KeepsABackslashThatEscapesNothing) {
    const auto table = parse_mount_table("1 1 0:2 / /a\\9\\04 rw - tmpfs t rw\n");
    ASSERT_EQ(table.size(), 1U);
    EXPECT_EQ(table[0].target, "/a\\9\\04");
}

TEST(MountTable, KeepsTheOrderOfTheKernel) {
    const auto table = parse_mount_table("1 1 0:2 / / rw - a a rw\n2 1 0:3 / /b rw - b b rw\n");
    ASSERT_EQ(table.size(), 2U);
    EXPECT_EQ(table[0].target, "/");
    EXPECT_EQ(table[1].target, "/b");
}

TEST(MountTable, LeavesOutLinesThatItDoesNotUnderstand) {
    EXPECT_TRUE(parse_mount_table("").empty());
    EXPECT_TRUE(parse_mount_table("\n\n").empty());
    EXPECT_TRUE(parse_mount_table("1 1 0:2 / / rw").empty());
    EXPECT_TRUE(parse_mount_table("nonsense\n1 1 0:2 / /x rw -\n").empty());
}

TEST(MountTable, ListsAMountOfTheKernel) {
    test::enter_own_mount_namespace();
    const test::TemporaryDirectory directory;
    ASSERT_EQ(::mount("some source", directory.path().c_str(), "tmpfs", MS_NODEV | MS_NOEXEC, nullptr), 0);
    const auto table = read_mount_table();
    ASSERT_TRUE(test::is_ok(table));
    const auto entry = std::find_if(table->begin(), table->end(),
                                    [&](const MountEntry& each) { return each.target == directory.path(); });
    ASSERT_NE(entry, table->end());
    EXPECT_EQ(entry->type, "tmpfs");
    EXPECT_EQ(entry->source, "some source");
    EXPECT_EQ(entry->flags & (MS_NODEV | MS_NOEXEC | MS_NOSUID), static_cast<unsigned long>(MS_NODEV | MS_NOEXEC));
}

}  // namespace
}  // namespace nlinit::sys
