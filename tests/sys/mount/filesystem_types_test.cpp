// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/filesystem_types.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

class FilesystemTypesTest : public ::testing::Test {
  protected:
    FilesystemTypesTest() : types_(directory_.path()) {}
    void write_index(const std::string& text) const { std::ofstream(directory_ / "modules.dep") << text; }

    test::TemporaryDirectory directory_;
    FilesystemTypes types_;
};

TEST_F(FilesystemTypesTest, KnowsWhatTheKernelLists) {
    EXPECT_TRUE(test::is_ok(types_.make_known("tmpfs")));
    EXPECT_TRUE(test::is_ok(types_.make_known("ext4")));
}

TEST_F(FilesystemTypesTest, NeedsNothingForATypeWithoutAName) {
    EXPECT_TRUE(test::is_ok(types_.make_known("")));
}

TEST_F(FilesystemTypesTest, LeavesWhatFollowsADotToFuse) {
    EXPECT_TRUE(test::is_ok(types_.make_known("fuse.sshfs")));
}

// As fsopen(2) and mount(2) have it: no part of a name, and no other word of the list, is a type.
TEST_F(FilesystemTypesTest, TakesNoPartOfTheListForAType) {
    write_index("kernel/fs/other.ko:\n");
    for (const std::string type : {"nodev", "tmp", "mpfs", "ext", "nodev\ttmpfs", "TMPFS"})
        EXPECT_FALSE(types_.make_known(type).ok()) << type;
}

TEST_F(FilesystemTypesTest, SaysWhichModuleIsMissing) {
    write_index("kernel/fs/other.ko:\n");
    const auto known = types_.make_known("nosuchfs");
    ASSERT_FALSE(known.ok());
    EXPECT_EQ(known.error().what, "module nosuchfs: not in " + directory_.path() + "/modules.dep");
}

TEST_F(FilesystemTypesTest, LooksForAModuleAgainOnceItIsToldToForget) {
    write_index("kernel/fs/other.ko:\n");
    ASSERT_FALSE(types_.make_known("nosuchfs").ok());
    write_index("kernel/fs/nosuchfs.ko:\n");
    EXPECT_FALSE(types_.make_known("nosuchfs").ok());
    types_.forget();
    const auto known = types_.make_known("nosuchfs");
    ASSERT_FALSE(known.ok());
    EXPECT_EQ(known.error().what, "module nosuchfs: open " + directory_.path() + "/kernel/fs/nosuchfs.ko");
}

}  // namespace
}  // namespace nlinit::sys
