// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

class FileTest : public ::testing::Test {
  protected:
    static mode_t mode_of(const std::string& path) { return status_of(path).st_mode & 07777; }
    static ino_t inode_of(const std::string& path) { return status_of(path).st_ino; }
    std::size_t entries() const {
        const std::filesystem::directory_iterator files(directory_.path());
        return static_cast<std::size_t>(std::distance(begin(files), end(files)));
    }
    std::string path(const std::string& name) const { return directory_ / name; }
    std::string make_file(const std::string& name, const std::string& content) const {
        std::ofstream(path(name)) << content;
        return path(name);
    }
    void mount_read_only_tmpfs_on(const std::string& target) const {
        ASSERT_EQ(::mount("tmpfs", target.c_str(), "tmpfs", MS_RDONLY, nullptr), 0);
    }

  private:
    static struct stat status_of(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status;
    }

    test::TemporaryDirectory directory_;
};

TEST_F(FileTest, ReadsAWholeFile) {
    const std::string content(10'000, 'x');
    const auto read = read_file(make_file("file", content), 10'000);
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, content);
}

TEST_F(FileTest, ReadsAnEmptyFile) {
    const auto read = read_file(make_file("file", ""), 0);
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, "");
}

TEST_F(FileTest, ReadsKernelFilesThatHaveNoSize) {
    const auto read = read_file("/proc/self/mountinfo", 1 << 20);
    ASSERT_TRUE(is_ok(read));
    EXPECT_FALSE(read->empty());
}

TEST_F(FileTest, RefusesAFileThatIsLongerThanTheLimit) {
    const auto read = read_file(make_file("file", "12345"), 4);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, EFBIG);
}

TEST_F(FileTest, RefusesWhatCouldWaitForEver) {
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(test::sentence(read_file(path("fifo"), 10)),
              "read " + path("fifo") + ": it is no regular file, and could wait for ever");
    EXPECT_FALSE(read_file("/dev/zero", 10).ok());
    EXPECT_EQ(read_file(path("."), 10).error().code, EISDIR);
}

TEST_F(FileTest, NamesTheFileThatCannotBeRead) {
    EXPECT_EQ(test::sentence(read_file(path("none"), 10)), "read " + path("none") + ": No such file or directory");
    EXPECT_EQ(test::sentence(read_file(path(""), 10)), "read " + path("") + ": Is a directory");
}

TEST_F(FileTest, WritesAFileWithItsMode) {
    ::umask(077);
    ASSERT_TRUE(is_ok(write_file(path("file"), "content\n", 0644)));
    EXPECT_EQ(*read_file(path("file"), 100), "content\n");
    EXPECT_EQ(mode_of(path("file")), 0644U);
    EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, ReplacesAFileByANewOne) {
    const auto file = make_file("file", "old");
    const auto old = inode_of(file);
    ASSERT_TRUE(is_ok(write_file(file, "new")));
    EXPECT_EQ(*read_file(file, 100), "new");
    EXPECT_NE(inode_of(file), old);
}

TEST_F(FileTest, LeavesAFileAloneThatIsRight) {
    const auto file = make_file("file", "right");
    ::chmod(file.c_str(), 0640);
    const auto old = inode_of(file);
    ASSERT_TRUE(is_ok(write_file(file, "right", 0640)));
    EXPECT_EQ(inode_of(file), old);
    ASSERT_TRUE(is_ok(write_file(file, "right", 0600)));
    EXPECT_EQ(mode_of(file), 0600U);
}

TEST_F(FileTest, ReplacesALinkAndNotWhatItPointsTo) {
    const auto target = make_file("target", "kept");
    ASSERT_EQ(::symlink(target.c_str(), path("link").c_str()), 0);
    ASSERT_TRUE(is_ok(write_file(path("link"), "kept", mode_of(target))));
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(path("link"))));
    EXPECT_EQ(*read_file(target, 100), "kept");
}

TEST_F(FileTest, ReplacesALinkThatLeadsNowhere) {
    ASSERT_EQ(::symlink("/nowhere/at/all", path("link").c_str()), 0);
    ASSERT_TRUE(is_ok(write_file(path("link"), "content")));
    EXPECT_EQ(*read_file(path("link"), 100), "content");
}

TEST_F(FileTest, LeavesNothingBehindWhenItFails) {
    ASSERT_EQ(::mkdir(path("directory").c_str(), 0755), 0);
    const auto written = write_file(path("directory"), "content");
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code, EISDIR);
    EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, SaysThatAFilesystemIsReadOnly) {
    test::enter_own_mount_namespace();
    mount_read_only_tmpfs_on(path(""));
    EXPECT_EQ(test::sentence(write_file(path("file"), "x")), "write " + path("file") + ": Read-only file system");
    EXPECT_EQ(test::sentence(make_directories(path("a/b/c"))),
              "make directory " + path("a/b/c") + ": Read-only file system");
}

TEST_F(FileTest, WritesIntoAFileThatIsAMountPoint) {
    test::enter_own_mount_namespace();
    const auto file = make_file("resolv.conf", ""), outside = make_file("outside", "a longer content");
    ASSERT_EQ(::mount(outside.c_str(), file.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_TRUE(is_ok(write_file(file, "short")));
    EXPECT_EQ(*read_file(outside, 100), "short");
    EXPECT_EQ(entries(), 2U);
    ::umount2(file.c_str(), MNT_DETACH);
}

TEST_F(FileTest, WritesAKernelFileWhereItIs) {
    const auto file = make_file("file", "0000");
    const auto old = inode_of(file);
    ASSERT_TRUE(is_ok(write_kernel_file(file, "1")));
    EXPECT_EQ(*read_file(file, 100), "1000");
    EXPECT_EQ(inode_of(file), old);
    EXPECT_EQ(test::sentence(write_kernel_file(path("none"), "1")),
              "write " + path("none") + ": No such file or directory");
}

TEST_F(FileTest, MakesADirectoryAndItsParents) {
    ::umask(077);
    ASSERT_TRUE(is_ok(make_directories(path("a/b/c"), 01777)));
    EXPECT_EQ(mode_of(path("a/b/c")), 01777U);
}

TEST_F(FileTest, LeavesADirectoryAloneThatExists) {
    ASSERT_EQ(::mkdir(path("a").c_str(), 0700), 0);
    EXPECT_TRUE(is_ok(make_directories(path("a"), 0755)));
    EXPECT_TRUE(is_ok(make_directories("/")));
    EXPECT_EQ(mode_of(path("a")), 0700U);
}

TEST_F(FileTest, MakesDirectoriesThroughLinksAndSuperfluousSlashes) {
    ASSERT_EQ(::mkdir(path("a").c_str(), 0700), 0);
    ASSERT_EQ(::symlink("a", path("link").c_str()), 0);
    ASSERT_TRUE(is_ok(make_directories(path("link//b///c//"), 0711)));
    EXPECT_EQ(mode_of(path("a/b/c")), 0711U);
}

TEST_F(FileTest, SaysThatSomethingElseIsInADirectorysPlace) {
    const auto file = make_file("file", "");
    EXPECT_EQ(test::sentence(make_directories(file)), "make directory " + file + ": Not a directory");
    EXPECT_EQ(test::sentence(make_directories(file + "/a")), "make directory " + file + "/a: Not a directory");
}

TEST_F(FileTest, MakesASymlinkOnce) {
    ASSERT_TRUE(is_ok(make_symlink(path("link"), "/proc/self/fd")));
    ASSERT_TRUE(is_ok(make_symlink(path("link"), "/proc/self/fd")));
    EXPECT_EQ(std::filesystem::read_symlink(path("link")), "/proc/self/fd");
}

TEST_F(FileTest, MakesTheDirectoriesOnTheWayToASymlink) {
    ASSERT_TRUE(is_ok(make_symlink(path("a/b/link"), "/proc/self/fd")));
    EXPECT_EQ(std::filesystem::read_symlink(path("a/b/link")), "/proc/self/fd");
}

TEST_F(FileTest, LeavesAloneWhatIsInASymlinksPlace) {
    ASSERT_TRUE(is_ok(make_symlink(path("link"), "/one")));
    for (const char* other : {"/on", "/one/more", "/two"}) {
        const auto made = make_symlink(path("link"), other);
        ASSERT_FALSE(made.ok()) << other;
        EXPECT_EQ(made.error().code, EEXIST);
    }
    EXPECT_FALSE(make_symlink(make_file("file", ""), "/one").ok());
    EXPECT_EQ(std::filesystem::read_symlink(path("link")), "/one");
}

TEST_F(FileTest, ALinkThatLeadsNowhereDoesNotExist) {
    ASSERT_TRUE(is_ok(make_symlink(path("link"), "/nowhere/at/all")));
    EXPECT_FALSE(exists(path("link")));
    EXPECT_TRUE(exists(make_file("file", "")));
}

}  // namespace
}  // namespace nlinit::sys
