// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/grow.hpp"

#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;

std::string error_of(const Result<>& result) {
    return result.ok() ? std::string() : to_string(result.error());
}

// A filesystem in a file behind a loop device, which is gone with the mount.
class GrowTest : public ::testing::Test {
  protected:
    void SetUp() override { test::enter_own_mount_namespace(); }
    void TearDown() override { static_cast<void>(sh("umount " + target() + " 2>&-")); }

    static bool sh(const std::string& script) { return std::system(script.c_str()) == 0; }
    [[nodiscard]] std::string target() const { return directory_ / "target"; }
    [[nodiscard]] std::string image() const { return directory_ / "image"; }
    [[nodiscard]] bool mount(const std::string& make, int mib, const std::string& options = "loop") const {
        fs::create_directories(target());
        return sh("truncate -s " + std::to_string(mib) + "M " + image() + " && " + make + " " + image() +
                  " > /dev/null 2>&1 && mount -o " + options + " " + image() + " " + target());
    }
    // The disk grows.
    [[nodiscard]] bool grow_to(int mib) const {
        return sh("truncate -s " + std::to_string(mib) + "M " + image() + " && losetup -c $(findmnt -no SOURCE " +
                  target() + ")");
    }
    [[nodiscard]] std::uint64_t mib() const {
        struct statvfs space {};
        return ::statvfs(target().c_str(), &space) == 0 ? space.f_blocks * space.f_frsize >> 20 : 0;
    }

  private:
    test::TemporaryDirectory directory_;
};

// Growth of ext4 takes CAP_SYS_RESOURCE, which a container may lack:
// tests/vm/cases/filesystems_grow_with_their_disks.sh.
TEST_F(GrowTest, EachKnownFilesystemFillsItsDeviceAndStaysInUse) {
    const struct {
        const char* make;
        int from, to;
    } cases[] = {{"mkfs.xfs -q -f", 300, 400}, {"mkfs.btrfs -q -f", 300, 400}};
    for (const auto& [make, from, to] : cases) {
        ASSERT_TRUE(mount(make, from)) << make;
        const auto before = mib();
        EXPECT_EQ(error_of(grow_filesystem(target())), "") << make;
        EXPECT_EQ(mib(), before) << make << ": it was full";
        ASSERT_TRUE(grow_to(to)) << make;
        EXPECT_EQ(error_of(grow_filesystem(target())), "") << make;
        EXPECT_GT(mib(), before + static_cast<unsigned>(to - from) * 8 / 10) << make;
        EXPECT_TRUE(sh("echo kept > " + target() + "/file && sync")) << make;
        ASSERT_TRUE(sh("umount " + target()));
    }
}

TEST_F(GrowTest, WhatCannotBeGrownIsSaid) {
    ASSERT_TRUE(mount("mkfs.xfs -q -f", 300, "loop,ro"));
    ASSERT_TRUE(grow_to(400));
    EXPECT_EQ(error_of(grow_filesystem(target())), "xfs: Read-only file system");
    EXPECT_LT(mib(), 300U);
    ASSERT_TRUE(sh("umount " + target() + " && mount -t tmpfs tmpfs " + target()));
    EXPECT_EQ(error_of(grow_filesystem(target())), "tmpfs cannot be grown: ext4, xfs and btrfs can");
}

// A mount that did not come is another step's failure; what its directory is on is not to be grown in its place.
TEST_F(GrowTest, NothingIsMountedThereAndNothingIsGrown) {
    fs::create_directories(target());
    EXPECT_EQ(error_of(grow_filesystem(target())), "");
    EXPECT_EQ(error_of(grow_filesystem(target() + "/not-there")), "");
}

class RoomBehindPartitionTest : public ::testing::Test {
  protected:
    void add(const std::string& name, const std::string& number) const {
        const auto path = disk_ / name;
        fs::create_directories(path.parent_path());
        EXPECT_EQ(std::system(("echo " + number + " > " + path.string()).c_str()), 0);
    }
    test::TemporaryDirectory directory_;
    fs::path disk_ = directory_ / "vda";
};

TEST_F(RoomBehindPartitionTest, IsUpToTheNextOneOrTheEndOfTheDisk) {
    add("size", "8192");
    for (const auto& [name, start, size] :
         {std::array{"vda1", "2048", "1024"}, {"vda2", "1024", "512"}, {"vda3", "4096", "4096"}}) {
        add(std::string(name) + "/partition", "1");
        add(std::string(name) + "/start", start);
        add(std::string(name) + "/size", size);
    }
    EXPECT_EQ(room_behind_partition(disk_ / "vda1"), 1024U * 512);
    EXPECT_EQ(room_behind_partition(disk_ / "vda2"), 512U * 512);
    EXPECT_EQ(room_behind_partition(disk_ / "vda3"), 0U);
    EXPECT_EQ(room_behind_partition(disk_), 0U);
    add("size", "16384");
    EXPECT_EQ(room_behind_partition(disk_ / "vda3"), 8192U * 512);
}

}  // namespace
}  // namespace nlinit::sys
