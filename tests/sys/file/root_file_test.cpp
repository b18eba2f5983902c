// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/root_file.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using test::is_ok;

// Trees below a directory of the test's own, with the machine's root above.
class RootFileTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "mode=0755"), 0);
        fs::create_directories(path("etc"));
    }
    void TearDown() override { ::umount2(directory_.path().c_str(), MNT_DETACH); }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
    void link(const std::string& name, const std::string& target) const { fs::create_symlink(target, path(name)); }
    [[nodiscard]] std::string read(const std::string& name) const {
        return read_file(path(name), 4096).ok() ? *read_file(path(name), 4096) : "(none)";
    }
    void make_read_only(const std::string& name) const {
        ASSERT_EQ(::mount(path(name).c_str(), path(name).c_str(), nullptr, MS_BIND, nullptr), 0);
        ASSERT_EQ(::mount(nullptr, path(name).c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0);
    }

    test::TemporaryDirectory directory_;
};

TEST_F(RootFileTest, MakesWhatALinkLeadsToAndKeepsTheLink) {
    link("etc/relative", "../run/systemd/resolve/stub-resolv.conf");
    link("etc/absolute", path("run/resolv.conf"));
    link("etc/first", "second");
    link("etc/second", "../run/./third");
    for (const char* name : {"etc/relative", "etc/absolute", "etc/first"}) {
        ASSERT_TRUE(is_ok(write_root_file(path(name), name))) << name;
        EXPECT_TRUE(fs::is_symlink(path(name))) << name;
        EXPECT_EQ(read(name), name);
    }
    EXPECT_TRUE(fs::is_regular_file(path("run/systemd/resolve/stub-resolv.conf")));
    EXPECT_TRUE(fs::is_regular_file(path("run/third")));
}

TEST_F(RootFileTest, WritesAPlainFileWithItsDirectoriesAndItsMode) {
    ASSERT_TRUE(is_ok(write_root_file(path("a/b/c"), "text", 0600)));
    EXPECT_EQ(read("a/b/c"), "text");
    EXPECT_EQ(fs::status(path("a/b/c")).permissions(), fs::perms{0600});
    EXPECT_EQ(*read_root_file(path("a/b/c"), 10), "text");
}

TEST_F(RootFileTest, AUsersLinkIsNeitherFollowedNorReplacedButTheWayToItIs) {
    std::ofstream(path("secret")) << "secret";
    fs::create_directory(path("tmp"));
    fs::permissions(path("tmp"), fs::perms{01777});
    link("etc/resolv.conf", "../tmp/resolv.conf");
    link("tmp/resolv.conf", path("secret"));
    ASSERT_EQ(::lchown(path("tmp/resolv.conf").c_str(), 1000, 1000), 0);
    const std::string refused = path("etc/resolv.conf") +
                                ": \"resolv.conf\" is a link of user 1000's, who could lead root astray: it is not "
                                "followed";
    EXPECT_EQ(test::sentence(read_root_file(path("etc/resolv.conf"), 100)), refused);
    EXPECT_EQ(test::sentence(write_root_file(path("etc/resolv.conf"), "ours")), refused);
    const auto written = write_or_cover(path("etc/resolv.conf"), "ours", path("run/nlinit/resolv.conf"));
    ASSERT_TRUE(is_ok(written));
    EXPECT_EQ(*written, Written::over_link);
    EXPECT_EQ(read("secret"), "secret");
    EXPECT_EQ(read("etc/resolv.conf"), "ours");
    EXPECT_TRUE(fs::is_symlink(path("tmp/resolv.conf")));
}

TEST_F(RootFileTest, LinksThatLeadInACircleAreGivenUp) {
    link("etc/a", "b");
    link("etc/b", "a");
    EXPECT_EQ(write_root_file(path("etc/a"), "x").error().code, ELOOP);
    const auto written = write_or_cover(path("etc/a"), "x", path("run/a"));
    ASSERT_TRUE(is_ok(written));
    EXPECT_EQ(*written, Written::over_link);
    EXPECT_EQ(read("etc/a"), "x");
}

TEST_F(RootFileTest, AFileThatCannotBeWrittenIsCoveredAndKeptCurrent) {
    std::ofstream(path("etc/resolv.conf")) << "of the build host";
    link("etc/hosts", "other/hosts");
    fs::create_directory(path("etc/other"));
    std::ofstream(path("etc/other/hosts")) << "of the build host";
    make_read_only("etc");
    for (const char* name : {"resolv.conf", "hosts"}) {
        const std::string file = std::string("etc/") + name;
        for (const std::string text : {"first", "the second"}) {
            const auto written = write_or_cover(path(file), text, path(std::string("run/nlinit/") + name));
            ASSERT_TRUE(is_ok(written)) << name;
            EXPECT_EQ(*written, text == "first" ? Written::as_cover : Written::in_place);
            EXPECT_EQ(read(file), text);
            EXPECT_EQ(read(std::string("run/nlinit/") + name), text);
        }
    }
}

TEST_F(RootFileTest, WhatALinkLeadsToIsKeptWhereItIsNoFile) {
    fs::create_directories(path("dev"));
    ASSERT_EQ(::mkfifo(path("dev/pipe").c_str(), 0600), 0);
    link("etc/x", "../dev/pipe");
    link("etc/folder", "../dev");
    EXPECT_EQ(test::sentence(write_root_file(path("etc/x"), "x")),
              "write " + path("etc/x") + ": " + path("dev/pipe") + " is no regular file");
    EXPECT_EQ(test::sentence(write_root_file(path("dev/pipe"), "x")),
              "write " + path("dev/pipe") + ": it is no regular file");
    EXPECT_EQ(write_or_cover(path("dev/pipe"), "x", path("run/x")).error().code, 0);
    for (const char* name : {"etc/x", "etc/folder"}) {
        const auto written = write_or_cover(path(name), "x", path("run/x"));
        ASSERT_TRUE(is_ok(written)) << name;
        EXPECT_EQ(*written, Written::over_link);
        EXPECT_EQ(read(name), "x");
    }
    EXPECT_TRUE(fs::is_fifo(path("dev/pipe")));
    EXPECT_TRUE(fs::is_directory(path("dev")));
}

TEST_F(RootFileTest, ALinkIntoAReadOnlyDirectoryIsReplaced) {
    fs::create_directory(path("usr"));
    make_read_only("usr");
    link("etc/resolv.conf", "../usr/lib/resolv.conf");
    const auto written = write_or_cover(path("etc/resolv.conf"), "x", path("run/nlinit/resolv.conf"));
    ASSERT_TRUE(is_ok(written));
    EXPECT_EQ(*written, Written::over_link);
    EXPECT_EQ(read("etc/resolv.conf"), "x");
}

TEST_F(RootFileTest, WhereNothingIsThereToBeCoveredTheErrorSaysSo) {
    make_read_only("etc");
    EXPECT_EQ(test::sentence(write_root_file(path("etc/hosts"), "x")),
              "write " + path("etc/hosts") + ": Read-only file system");
    EXPECT_EQ(write_or_cover(path("etc/hosts"), "x", path("run/hosts")).error().code, EROFS);
}

}  // namespace
}  // namespace nlinit::sys
