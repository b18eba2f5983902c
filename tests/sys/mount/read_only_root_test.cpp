// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/read_only_root.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using test::is_ok;

// A directory "image" that is read-only, on a tmpfs.
class ReadOnlyRootTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "mode=0755"), 0);
        ASSERT_EQ(::mount("tmpfs", "/dev", "tmpfs", 0, "mode=0755"), 0);
        fs::create_directories(var_ + "/lib/app");
        std::ofstream(var_ + "/lib/app/state") << "image";
        ASSERT_EQ(::chown(var_.c_str(), 7, 8), 0);
        ASSERT_EQ(::chmod(var_.c_str(), 0750), 0);
        ASSERT_EQ(::mount(image_.c_str(), image_.c_str(), nullptr, MS_BIND, nullptr), 0);
        ASSERT_EQ(::mount(nullptr, image_.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0);
    }
    void TearDown() override {
        ::umount2("/dev", MNT_DETACH);
        ::umount2(directory_.path().c_str(), MNT_DETACH);
    }
    void expect_writable() const {
        struct stat top {};
        ASSERT_EQ(::stat(var_.c_str(), &top), 0);
        EXPECT_EQ(top.st_uid, 7U);
        EXPECT_EQ(top.st_gid, 8U);
        EXPECT_EQ(top.st_mode & 07777, 0750U);
        EXPECT_EQ(*read_file(var_ + "/lib/app/state", 100), "image");
        std::ofstream(var_ + "/lib/app/state") << "changed";
        EXPECT_TRUE(fs::create_directories(var_ + "/log/app"));
        EXPECT_EQ(*read_file(var_ + "/lib/app/state", 100), "changed");
        EXPECT_TRUE(fs::is_empty("/dev")) << "nothing is left behind";
    }

    test::TemporaryDirectory directory_;
    const std::string image_ = directory_.path(), var_ = image_ + "/var";
};

TEST_F(ReadOnlyRootTest, AnOverlayShowsTheImageAndTakesWhatIsWritten) {
    ASSERT_TRUE(is_ok(lay_overlay_over(var_)));
    expect_writable();
}

TEST_F(ReadOnlyRootTest, ACopyDoesTheSameWhereTheKernelHasNoOverlay) {
    ASSERT_TRUE(is_ok(lay_copy_over(var_)));
    expect_writable();
}

TEST_F(ReadOnlyRootTest, WithoutAPlaceForItsLayersTheDirectoryIsCopied) {
    ASSERT_EQ(::mount(nullptr, "/dev", nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    EXPECT_FALSE(lay_overlay_over(var_).ok());
    ASSERT_TRUE(is_ok(lay_memory_over(var_)));
    expect_writable();
}

TEST_F(ReadOnlyRootTest, WhatIsMountedAlreadyStays) {
    ASSERT_EQ(::mount("tmpfs", var_.c_str(), "tmpfs", 0, nullptr), 0);
    ASSERT_TRUE(std::ofstream(var_ + "/mine").is_open());
    ASSERT_TRUE(is_ok(lay_memory_over(var_)));
    EXPECT_TRUE(exists(var_ + "/mine"));
}

TEST_F(ReadOnlyRootTest, AMissingDirectoryIsNamed) {
    const auto laid = lay_memory_over(image_ + "/etc");
    ASSERT_FALSE(laid.ok());
    EXPECT_NE(test::sentence(laid).find("/etc is missing; add it to the image"), std::string::npos);
}

}  // namespace
}  // namespace nlinit::sys
