// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/copy_up.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "nlinit/sys/unique_fd.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

class CopyTreeTest : public ::testing::Test {
  protected:
    Result<> copy(const CopyLimits& limits = {}) const {
        const UniqueFd from(::open(from_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const UniqueFd to(::open(to_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return copy_tree(from.get(), to.get(), limits);
    }
    std::string make_file(const std::string& name, const std::string& content) const {
        std::ofstream(from(name)) << content;
        return from(name);
    }
    std::string copied(const std::string& name) const {
        std::ostringstream content;
        content << std::ifstream(to(name)).rdbuf();
        return content.str();
    }
    struct stat status_of_copy(const std::string& name) const {
        struct stat status {};
        EXPECT_EQ(::lstat(to(name).c_str(), &status), 0) << name;
        return status;
    }
    bool is_copied(const std::string& name) const {
        return std::filesystem::exists(std::filesystem::symlink_status(to(name)));
    }
    std::string from(const std::string& name) const { return from_ / name; }
    std::string to(const std::string& name) const { return to_ / name; }

  private:
    test::TemporaryDirectory from_, to_;
};

TEST_F(CopyTreeTest, AWholeRootKeepsItsLinksAndSpecialFiles) {
    make_file("busybox", "program");
    std::filesystem::create_directory(from("bin"));
    ASSERT_EQ(::link(from("busybox").c_str(), from("bin/sh").c_str()), 0);
    ASSERT_EQ(::mkfifo(from("pipe").c_str(), 0600), 0);
    CopyLimits limits;
    limits.bytes = 10;  // the file counts once
    limits.special_files = limits.one_filesystem = true;
    ASSERT_TRUE(is_ok(copy(limits)));
    EXPECT_EQ(copied("bin/sh"), "program");
    EXPECT_EQ(status_of_copy("bin/sh").st_ino, status_of_copy("busybox").st_ino);
    EXPECT_EQ(status_of_copy("pipe").st_mode, static_cast<mode_t>(S_IFIFO | 0600));
}

TEST_F(CopyTreeTest, CopiesFilesWithOwnerModeAndTime) {
    const auto file = make_file("shadow", "secret");
    ASSERT_EQ(::chown(file.c_str(), 7, 42), 0);
    ASSERT_EQ(::chmod(file.c_str(), 04640), 0);
    const timespec times[] = {{1'000, 0}, {2'000, 3}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
    ASSERT_TRUE(is_ok(copy()));
    EXPECT_EQ(copied("shadow"), "secret");
    const auto status = status_of_copy("shadow");
    EXPECT_EQ(status.st_uid, 7U);
    EXPECT_EQ(status.st_gid, 42U);
    EXPECT_EQ(status.st_mode & 07777, 04640U);
    EXPECT_EQ(status.st_mtim.tv_sec, 2'000);
    EXPECT_EQ(status.st_mtim.tv_nsec, 3);
}

TEST_F(CopyTreeTest, CopiesLinksAsTheyAre) {
    ASSERT_EQ(::symlink("/nowhere/at/all", from("link").c_str()), 0);
    ASSERT_EQ(::lchown(from("link").c_str(), 7, 42), 0);
    ASSERT_TRUE(is_ok(copy()));
    EXPECT_EQ(std::filesystem::read_symlink(to("link")), "/nowhere/at/all");
    EXPECT_EQ(status_of_copy("link").st_uid, 7U);
}

TEST_F(CopyTreeTest, CopiesDirectoriesWithWhatTheyHold) {
    std::filesystem::create_directories(from("a/b/c"));
    make_file("a/b/c/file", "deep");
    ASSERT_EQ(::chmod(from("a").c_str(), 0511), 0);
    const timespec times[] = {{1'000, 0}, {2'000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, from("a").c_str(), times, 0), 0);
    ASSERT_TRUE(is_ok(copy()));
    EXPECT_EQ(copied("a/b/c/file"), "deep");
    EXPECT_EQ(status_of_copy("a").st_mode & 07777, 0511U);
    EXPECT_EQ(status_of_copy("a").st_mtim.tv_sec, 2'000);
}

TEST_F(CopyTreeTest, CopiesAFileThatIsLargerThanItsBuffer) {
    std::string content(100'000, 'x');
    content[70'000] = 'y';
    make_file("large", content);
    make_file("empty", "");
    ASSERT_TRUE(is_ok(copy()));
    EXPECT_EQ(copied("large"), content);
    EXPECT_TRUE(is_copied("empty"));
}

TEST_F(CopyTreeTest, PassesOverPipesAndDevices) {
    ASSERT_EQ(::mkfifo(from("pipe").c_str(), 0600), 0);
    ASSERT_EQ(::mknod(from("device").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
    ASSERT_TRUE(is_ok(copy()));
    EXPECT_FALSE(is_copied("pipe"));
    EXPECT_FALSE(is_copied("device"));
}

TEST_F(CopyTreeTest, LeavesOutWhatExceedsTheBytesAndGoesOn) {
    make_file("large", std::string(101, 'x'));
    make_file("small", "x");
    EXPECT_EQ(test::sentence(copy({.bytes = 100})), "copy large: File too large");
    EXPECT_FALSE(is_copied("large"));
    EXPECT_EQ(copied("small"), "x");
}

TEST_F(CopyTreeTest, CountsTheBytesOfAllFiles) {
    make_file("one", std::string(60, 'x'));
    make_file("two", std::string(60, 'x'));
    EXPECT_FALSE(copy({.bytes = 100}).ok());
    EXPECT_NE(is_copied("one"), is_copied("two"));
}

TEST_F(CopyTreeTest, SaysHowManyEntriesAreLeftOut) {
    for (const char* name : {"a", "b", "c", "d"}) make_file(name, "x");
    const auto result = copy({.entries = 1});
    ASSERT_FALSE(result.ok());
    EXPECT_TRUE(result.error().what.ends_with(" and 2 more, which are left out")) << result.error().what;
}

TEST_F(CopyTreeTest, StopsAtADepth) {
    std::filesystem::create_directories(from("a/b/c"));
    EXPECT_EQ(test::sentence(copy({.depth = 2})), "copy a/b/c: File too large");
    EXPECT_TRUE(is_copied("a/b"));
    EXPECT_FALSE(is_copied("a/b/c"));
}

TEST_F(CopyTreeTest, KeepsWhatIsThereAlready) {
    make_file("file", "new");
    std::ofstream(to("file")) << "old";
    EXPECT_EQ(test::sentence(copy()), "copy file: File exists");
    EXPECT_EQ(copied("file"), "old");
}

TEST_F(CopyTreeTest, AddsToWhatIsThereWhenAsked) {
    std::filesystem::create_directories(from("both/new"));
    make_file("file", "new");
    make_file("both/file", "new");
    make_file("both/more", "new");
    std::filesystem::create_directories(from("odd/inner"));
    ASSERT_EQ(::symlink("new", from("link").c_str()), 0);
    ASSERT_EQ(::symlink("old", to("link").c_str()), 0);
    std::filesystem::create_directory(to("both"));
    ASSERT_EQ(::chmod(to("both").c_str(), 0711), 0);
    for (const char* name : {"file", "both/file", "odd"}) std::ofstream(to(name)) << "old";
    ASSERT_TRUE(is_ok(copy({.keep_existing = true})));
    for (const char* name : {"file", "both/file", "odd"}) EXPECT_EQ(copied(name), "old") << name;
    EXPECT_EQ(copied("both/more"), "new");
    EXPECT_TRUE(is_copied("both/new"));
    EXPECT_EQ(status_of_copy("both").st_mode & 07777, 0711U);
    EXPECT_EQ(std::filesystem::read_symlink(to("link")), "old");
}

}  // namespace
}  // namespace nlinit::sys
