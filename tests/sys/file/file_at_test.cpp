// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/file_at.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "nlinit/sys/unique_fd.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using test::is_ok;

class FileAtTest : public ::testing::Test {
  protected:
    [[nodiscard]] int at() const noexcept { return fd_.get(); }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }

    test::TemporaryDirectory directory_;
    UniqueFd fd_{::open(directory_.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
};

TEST_F(FileAtTest, WritesAndReadsANameInAnOpenDirectory) {
    ASSERT_TRUE(is_ok(write_file_at(at(), "file", "content", 0600)));
    EXPECT_EQ(*read_file_at(at(), "file", 100), "content");
    EXPECT_EQ(fs::status(path("file")).permissions(), fs::perms{0600});
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()), 1);
}

TEST_F(FileAtTest, ALinkIsReadOnlyWhereThatIsWanted) {
    ASSERT_TRUE(is_ok(write_file_at(at(), "file", "content")));
    fs::create_symlink("file", path("link"));
    EXPECT_FALSE(read_file_at(at(), "link", 100).ok());
    EXPECT_FALSE(read_file_at(at(), "link", 100, Reading::of_root).ok());
    EXPECT_EQ(*read_file_at(at(), "link", 100, Reading::any_link), "content");
}

TEST_F(FileAtTest, AUsersLinkStays) {
    fs::create_symlink("file", path("link"));
    ASSERT_EQ(::lchown(path("link").c_str(), 1000, 1000), 0);
    EXPECT_EQ(test::sentence(write_file_at(at(), "link", "x")),
              "\"link\" belongs to user 1000, and is a link: it is not replaced");
    EXPECT_TRUE(fs::is_symlink(path("link")));
}

}  // namespace
}  // namespace nlinit::sys
