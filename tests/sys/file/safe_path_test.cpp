// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/safe_path.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using test::is_ok;
using test::sentence;

constexpr uid_t kWww = 1000;

MountRow row_of(const std::string& source, const std::string& target, const std::string& type,
                unsigned long flags = 0) {
    MountRow row;
    row.source = source;
    row.target = target;
    row.type = type;
    row.flags = flags;
    return row;
}

// The machine's root, with a home of www's below it: what a boot finds that had www as its payload's user before.
class SafePathTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        ::umask(022);
        ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "mode=0755"), 0);
        for (const char* name : {"etc", "home", "home/www", "home/www/app", "srv", "tmp"}) make_directory(name);
        for (const char* name : {"home/www", "home/www/app"}) give(name);
        ASSERT_EQ(::chmod(path("tmp").c_str(), 01777), 0);
        std::ofstream(path("etc/passwd")) << "root's";
    }
    void TearDown() override { ::umount2(directory_.path().c_str(), MNT_DETACH); }

    [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
    void make_directory(const std::string& name) const { ASSERT_EQ(::mkdir(path(name).c_str(), 0755), 0) << name; }
    void give(const std::string& name) const { ASSERT_EQ(::lchown(path(name).c_str(), kWww, kWww), 0) << name; }
    void link(const std::string& name, const std::string& target) const {
        ASSERT_EQ(::symlink(target.c_str(), path(name).c_str()), 0) << name;
    }
    void give_link(const std::string& name, const std::string& target) const {
        link(name, target);
        give(name);
    }
    // Everything that root does at a path fails with this sentence behind the path; nothing has come of it in /etc.
    void expect_refused(const std::string& name, const std::string& part, const std::string& why) const {
        const std::string wanted = ": \"" + part + "\" " + why;
        const auto tmpfs = row_of("tmpfs", path(name), "tmpfs");
        auto copied = tmpfs;
        copied.copy_up = true;
        auto shared = row_of({}, path(name), {});
        shared.propagation = {MS_SHARED};
        const auto bound = row_of(path(name), path("srv"), {}, MS_BIND);
        for (const auto& said :
             {sentence(write_file(path(name), "x")), sentence(read_file_of_root(path(name), 100)),
              sentence(make_directories(path(name))), sentence(make_directories(path(name + "/deeper"), 0777)),
              sentence(make_symlink(path(name), "/x")), sentence(remove_file(path(name))), sentence(mount(tmpfs)),
              sentence(mount(copied)), sentence(mount(shared)), sentence(mount(bound)),
              sentence(write_file(path(name + "/deeper"), "x", 0644, Walls::not_on_shares))})
            EXPECT_TRUE(said.find(wanted) != std::string::npos) << said << "\nwanted " << path(name) << wanted;
        EXPECT_EQ(entries("etc"), 1);
        EXPECT_EQ(*read_file(path("etc/passwd"), 100), "root's");
        EXPECT_FALSE(is_mounted(path("etc")));
    }
    [[nodiscard]] long entries(const std::string& name) const {
        return std::distance(fs::directory_iterator(path(name)), fs::directory_iterator());
    }

    test::TemporaryDirectory directory_;
};

constexpr const char* kOfWww = "belongs to user 1000, who could lead root astray: nothing is ";
constexpr const char* kLinkOfWww = "is a link of user 1000's, who could lead root astray: it is not followed";

TEST_F(SafePathTest, TheSentenceNamesThePartWhoseItIsAndWhatIsNotDone) {
    const auto row = row_of("tmpfs", path("home/www/app/data"), "tmpfs");
    EXPECT_EQ(sentence(mount(row)), path("home/www/app/data") +
                                        ": \"www\" belongs to user 1000, who could lead root astray: nothing is "
                                        "mounted below it");
}

TEST_F(SafePathTest, BelowADirectoryOfAnothersNothingIsDone) {
    expect_refused("home/www/app/data", "www", kOfWww);
    give_link("home/www/app/data", "/etc");
    expect_refused("home/www/app/data", "www", kOfWww);
    expect_refused("home/www/app/data/passwd", "www", kOfWww);
    make_directory("home/www/roots");  // which www can exchange for another
    expect_refused("home/www/roots/x", "www", kOfWww);
    EXPECT_FALSE(fs::exists(path("home/www/roots/x")));
}

TEST_F(SafePathTest, ALinkOfAnothersIsFollowedNowhere) {
    for (const auto& target : {path("etc"), std::string("../etc"), std::string("./../etc/."),
                               std::string("/proc/self/root") + path("etc")}) {
        for (const char* name : {"srv/way", "tmp/way"}) {
            give_link(name, target);
            expect_refused(name, "way", kLinkOfWww);
            expect_refused(name + std::string("/sub"), "way", kLinkOfWww);
            expect_refused(name + std::string("/../etc/sub"), "way", kLinkOfWww);
            ASSERT_EQ(::unlink(path(name).c_str()), 0);
        }
    }
    give_link("tmp/dangling", path("etc/new"));
    expect_refused("tmp/dangling", "dangling", kLinkOfWww);
}

TEST_F(SafePathTest, ALinkOfRootsIsNotFollowedWhereOthersCanMakeOne) {
    link("tmp/way", path("etc"));  // a hard link can bring that about
    EXPECT_EQ(
        sentence(find_place(path("tmp/way/x"), {})),
        path("tmp/way/x") + ": \"way\" is a link where others can make one, to lead root astray: it is not followed");
    EXPECT_FALSE(find_place(path("tmp/way"), {}).ok());
}

TEST_F(SafePathTest, WhoeverMayWriteToADirectoryIsNamed) {
    make_directory("srv/group");
    make_directory("srv/all");
    ASSERT_EQ(::chown(path("srv/group").c_str(), 0, 50), 0);
    ASSERT_EQ(::chmod(path("srv/group").c_str(), 0775), 0);
    ASSERT_EQ(::chmod(path("srv/all").c_str(), 0777), 0);
    expect_refused("srv/group/x", "group", "may be written to by group 50, who could lead root astray");
    expect_refused("srv/all/x", "all", "may be written to by everybody, who could lead root astray");
    make_directory("srv/sticky");
    ASSERT_EQ(::chmod(path("srv/sticky").c_str(), 01777), 0);
    give("srv/sticky");  // whoever a sticky directory belongs to may exchange what is in it
    expect_refused("srv/sticky/x", "sticky", kOfWww);
}

TEST_F(SafePathTest, RootsOwnLinksLeadWhereTheyLead) {
    make_directory("run");
    make_directory("var");
    link("var/run", "../run");
    link("var/lock", path("var/run/lock"));
    ASSERT_TRUE(is_ok(make_directories(path("var/lock"))));
    ASSERT_TRUE(is_ok(make_directories(path("var/run/app/deep"), 0750)));
    ASSERT_TRUE(is_ok(write_file(path("var/lock/file"), "x")));
    EXPECT_TRUE(fs::is_regular_file(path("run/lock/file")));
    EXPECT_TRUE(fs::is_directory(path("run/app/deep")));
    const auto place = find_place(path("var/lock/../app"), {});
    ASSERT_TRUE(is_ok(place));
    EXPECT_EQ(place->path, path("run/app"));
    EXPECT_EQ(place->name, "app");
    EXPECT_EQ(place->kind, static_cast<mode_t>(S_IFDIR));
}

TEST_F(SafePathTest, AboveTheRootIsTheRoot) {
    std::string up;
    for (int i = 0; i < 30; ++i) up += "../";
    link("etc/up", up + path("run/file").substr(1));
    const auto place = find_place(path("etc/up"), {.missing = Missing::make});
    ASSERT_TRUE(is_ok(place));
    EXPECT_EQ(place->path, path("run/file"));
    EXPECT_FALSE(place->there.valid());
    EXPECT_EQ(place->kind, 0U);
    const auto root = find_place("/../..", {});
    ASSERT_TRUE(is_ok(root));
    EXPECT_TRUE(root->name.empty());
    EXPECT_TRUE(root->there.valid());
    EXPECT_EQ(root->kind, static_cast<mode_t>(S_IFDIR));
}

TEST_F(SafePathTest, LinksInACircleAreGivenUp) {
    link("etc/a", "b");
    link("etc/b", "a");
    EXPECT_EQ(find_place(path("etc/a"), {}).error().code, ELOOP);
}

TEST_F(SafePathTest, ARelativePathBeginsInTheWorkingDirectory) {
    ASSERT_EQ(::chdir(path("etc").c_str()), 0);
    const auto place = find_place("../srv/x", {});
    EXPECT_EQ(::chdir("/"), 0);
    ASSERT_TRUE(is_ok(place));
    EXPECT_EQ(place->path, path("srv/x"));
}

TEST_F(SafePathTest, OnADirectoryOfAnothersADiskIsMounted) {
    const auto row = row_of("tmpfs", path("home/www"), "tmpfs");
    ASSERT_TRUE(is_ok(mount(row)));
    EXPECT_TRUE(is_mounted(path("home/www")));
    ASSERT_TRUE(is_ok(make_directories(path("home/www"))));  // which is there
}

// All that counts is what the directory was when it was looked at.
TEST_F(SafePathTest, WhatIsExchangedAfterTheLookChangesNothing) {
    make_directory("srv/app");
    const auto place = find_place(path("srv/app/file"), {});
    ASSERT_TRUE(is_ok(place));
    ASSERT_EQ(::rename(path("srv/app").c_str(), path("srv/old").c_str()), 0);
    give_link("srv/app", path("etc"));
    ASSERT_TRUE(is_ok(write_file_at(place->directory.get(), place->name, "x")));
    EXPECT_TRUE(fs::exists(path("srv/old/file")));
    EXPECT_EQ(entries("etc"), 1);
}

TEST_F(SafePathTest, ASecondNameOfAFileIsNotReplacedForAnother) {
    std::ofstream(path("tmp/one")) << "of www's";
    give("tmp/one");
    fs::create_hard_link(path("tmp/one"), path("tmp/two"));
    EXPECT_EQ(sentence(write_file(path("tmp/two"), "x")),
              path("tmp/two") + ": \"two\" belongs to user 1000, and has another name elsewhere: it is not replaced");
    EXPECT_EQ(*read_file(path("tmp/one"), 100), "of www's");
}

TEST_F(SafePathTest, WhatIsNoFileIsNeitherReplacedNorRead) {
    ASSERT_EQ(::mkfifo(path("tmp/pipe").c_str(), 0666), 0);
    ASSERT_EQ(::mknod(path("tmp/null").c_str(), S_IFCHR | 0666, 0x103), 0);
    for (const char* name : {"tmp/pipe", "tmp/null"}) {
        give(name);
        EXPECT_EQ(sentence(write_file(path(name), "x")), path(name) + ": it is no regular file");
        EXPECT_FALSE(read_file_of_root(path(name), 100).ok());
    }
    EXPECT_TRUE(fs::is_fifo(path("tmp/pipe")));
}

TEST_F(SafePathTest, ARightFileOfAnothersBecomesRoots) {
    std::ofstream(path("tmp/file")) << "right";
    ASSERT_EQ(::chmod(path("tmp/file").c_str(), 0644), 0);
    give("tmp/file");
    ASSERT_TRUE(is_ok(write_file(path("tmp/file"), "right")));
    struct stat there {};
    ASSERT_EQ(::stat(path("tmp/file").c_str(), &there), 0);
    EXPECT_EQ(there.st_uid, 0U);
}

TEST_F(SafePathTest, RootGoesByNoFileThatOthersMayWriteTo) {
    EXPECT_EQ(*read_file_of_root(path("etc/passwd"), 100), "root's");
    ASSERT_EQ(::chmod(path("etc/passwd").c_str(), 0664), 0);
    EXPECT_EQ(
        sentence(read_file_of_root(path("etc/passwd"), 100)),
        path("etc/passwd") + ": \"passwd\" may be written to by group 0, who could lead root astray: it is not read");
    ASSERT_EQ(::chmod(path("etc/passwd").c_str(), 0644), 0);
    give("etc/passwd");
    EXPECT_FALSE(read_file_of_root(path("etc/passwd"), 100).ok());
}

TEST_F(SafePathTest, OnlyWithoutWallsADirectoryOfAnothersIsWalkedThroughAndNoLinkInItFollowed) {
    EXPECT_TRUE(is_ok(find_place(path("home/www/app/x"), {.walls = Walls::nowhere})));
    EXPECT_FALSE(find_place(path("home/www/app/x"), {.walls = Walls::not_on_shares}).ok());
    make_directory("home/www/roots");
    link("home/www/roots/way", path("etc"));
    EXPECT_FALSE(find_place(path("home/www/roots/way/x"), {.walls = Walls::nowhere}).ok());
    EXPECT_EQ(find_place(path("home/www/new/x"), {.missing = Missing::make, .walls = Walls::nowhere}).error().code,
              ENOENT);
}

TEST_F(SafePathTest, AnOverlaysLayersAreNotBelowADirectoryOfAnothers) {
    make_directory("srv/lower");
    make_directory("srv/work");
    link("home/www/up", path("etc"));
    for (const char* layer : {"lowerdir=", "upperdir=", "workdir="}) {
        auto row = row_of("overlay", path("srv/target"), "overlay");
        row.data = "lowerdir=" + path("srv/lower") + ",upperdir=" + path("srv/lower") + ",workdir=" + path("srv/work") +
                   ',' + layer + path("home/www/up");
        EXPECT_EQ(sentence(mount(row)), path("home/www/up") + ": \"www\" " + kOfWww + "used below it") << layer;
    }
}

TEST_F(SafePathTest, ABindsSourceIsNoFileThatAnotherMayHavePutThere) {
    const auto bind = [&](const std::string& source) {
        return mount(row_of(path(source), path("srv/target"), {}, MS_BIND));
    };
    std::ofstream(path("tmp/file")) << "x";
    give("tmp/file");
    EXPECT_EQ(sentence(bind("tmp/file")),
              path("tmp/file") + ": \"file\" belongs to user 1000, who could lead root astray: it is not bound");
    std::ofstream(path("srv/one")) << "x";
    fs::create_hard_link(path("srv/one"), path("srv/two"));
    give("srv/two");
    EXPECT_FALSE(bind("srv/two").ok());
    ASSERT_EQ(::unlink(path("srv/one").c_str()), 0);
    EXPECT_TRUE(is_ok(bind("srv/two")));
    EXPECT_TRUE(is_ok(mount(row_of(path("home/www"), path("srv/home"), {}, MS_BIND))));
}

// The owner of the root directory can replace /etc as a whole, and is refused nothing.
TEST_F(SafePathTest, WhoeverTheRootBelongsToCountsAsRoot) {
    const int status = test::run_in_child([&] {
        if (::chown(path("").c_str(), kWww, kWww) != 0 || ::chroot(path("").c_str()) != 0 || ::chdir("/") != 0)
            return 1;
        return write_file("/home/www/app/file", "x").ok() ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

// Packed by a user without privileges, below a root directory that mke2fs(8) made.
TEST_F(SafePathTest, WhoeverUnpackedEtcAndUsrCountsAsRoot) {
    const auto write_in_etc = [&](const char* his) {
        return test::run_in_child([&] {
            for (const char* directory : {"etc", his}) {
                ::mkdir(path(directory).c_str(), 0775);
                if (::chown(path(directory).c_str(), kWww, kWww) != 0) return 1;
                if (::chmod(path(directory).c_str(), 0775) != 0) return 1;
            }
            if (::chroot(path("").c_str()) != 0 || ::chdir("/") != 0) return 1;
            return write_file("/etc/file", "x").ok() ? 0 : 2;
        });
    };
    EXPECT_EQ(write_in_etc("other"), 2 << 8);  // /etc alone
    EXPECT_EQ(write_in_etc("usr"), 0);
}

TEST_F(SafePathTest, WithoutProcThePathItselfIsTheWay) {
    const UniqueFd etc(::open(path("etc").c_str(), O_PATH | O_CLOEXEC));
    EXPECT_EQ(path_of(etc, "/other"), "/proc/self/fd/" + std::to_string(etc.get()));
    const int status = test::run_in_child([&] {
        if (::chroot(path("").c_str()) != 0 || ::chdir("/") != 0) return 1;
        return mount(row_of("tmpfs", "/srv/new", "tmpfs")).ok() && is_mounted("/srv/new") ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

TEST_F(SafePathTest, ARelativePathLeadsNowhereFromADirectoryThatWasRemoved) {
    const std::string before = fs::current_path();
    make_directory("gone");
    fs::current_path(path("gone"));
    fs::remove(path("gone"));
    const auto written = write_file("variant-of-safe-path", "x");
    fs::current_path(before);
    EXPECT_EQ(sentence(written), "variant-of-safe-path: find the working directory: No such file or directory");
    EXPECT_FALSE(exists("/variant-of-safe-path"));
}

}  // namespace
}  // namespace nlinit::sys
