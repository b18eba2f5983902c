// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_point.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using test::is_ok;

class MountPointTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
    static MountRow row(const std::string& source, const std::string& target, const std::string& type,
                        unsigned long flags = 0) {
        MountRow made;
        made.source = source;
        made.target = target;
        made.type = type;
        made.flags = flags;
        return made;
    }
    [[nodiscard]] MountRow bind(const std::string& source, const std::string& target) const {
        return row(path(source), path(target), {}, MS_BIND);
    }
    test::TemporaryDirectory directory_;
};

TEST_F(MountPointTest, ForADirectoryADirectoryIsMadeAndForAFileAFile) {
    fs::create_directory(path("directory"));
    std::ofstream(path("file")) << "x";
    for (const auto& bound : {bind("directory", "a/b"), bind("file", "a/c")}) {
        auto point = MountPoint::find(bound);
        ASSERT_TRUE(is_ok(point));
        EXPECT_FALSE(fs::exists(bound.target));
        ASSERT_TRUE(is_ok(point->make(bound)));
        EXPECT_EQ(point->path(), bound.target);
        EXPECT_TRUE(point->top().valid());
        EXPECT_EQ(fs::canonical(point->way().target), fs::canonical(bound.target));
        EXPECT_EQ(fs::canonical(point->way().source), fs::canonical(bound.source));
    }
    EXPECT_TRUE(fs::is_directory(path("a/b")));
    EXPECT_TRUE(fs::is_regular_file(path("a/c")));
}

TEST_F(MountPointTest, ADirectoryIsNotMountedOnAFile) {
    fs::create_directory(path("directory"));
    std::ofstream(path("file")) << "x";
    const auto bound = bind("directory", "file");
    auto point = MountPoint::find(bound);
    ASSERT_TRUE(is_ok(point));
    EXPECT_EQ(test::sentence(point->make(bound)), "bind " + path("directory") + " on " + path("file") + ": " +
                                                      path("file") +
                                                      " is no directory, or leads through none: Not a directory");
}

TEST_F(MountPointTest, TheTopIsWhatHasBeenMounted) {
    test::enter_own_mount_namespace();
    const auto tmpfs = row("tmpfs", path("a"), "tmpfs");
    auto point = MountPoint::find(tmpfs);
    ASSERT_TRUE(is_ok(point));
    ASSERT_TRUE(is_ok(point->make(tmpfs)));
    ASSERT_EQ(::mount("tmpfs", point->way().target.c_str(), "tmpfs", 0, "mode=0711"), 0);
    struct stat top {};
    struct stat before {};
    ASSERT_EQ(::fstat(point->top().get(), &top), 0);
    ASSERT_EQ(::fstat(point->target().there.get(), &before), 0);
    EXPECT_EQ(top.st_mode & 07777, 0711U);
    EXPECT_NE(top.st_dev, before.st_dev);
    ::umount2(path("a").c_str(), MNT_DETACH);
}

TEST_F(MountPointTest, APropagationOfNothingIsAnError) {
    auto shared = row({}, path("none"), {});
    shared.propagation = {MS_SHARED};
    EXPECT_EQ(test::sentence(MountPoint::find(shared)),
              "set the propagation of " + path("none") + ": No such file or directory");
    EXPECT_FALSE(fs::exists(path("none")));
}

}  // namespace
}  // namespace nlinit::sys
