// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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

using test::is_ok;

class MountTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, nullptr), 0);
    }

    std::string path(const std::string& name) const { return directory_ / name; }
    std::string make_directory(const std::string& name) const {
        std::filesystem::create_directories(path(name));
        return path(name);
    }
    std::string make_file(const std::string& name, const std::string& content) const {
        std::ofstream(path(name)) << content;
        return path(name);
    }
    static bool can_write(const std::string& file) { return write_kernel_file(file, "x").ok(); }
    MountRow tmpfs_on(const std::string& name) const { return row("tmpfs", path(name), "tmpfs"); }
    static MountRow with_propagation(MountRow row, unsigned long flags) {
        row.propagation.push_back(flags);
        return row;
    }
    // "shared:1", "master:2" and the like, as mountinfo has it for a mount point.
    static std::string propagation_of(const std::string& target) {
        std::ifstream table("/proc/self/mountinfo");
        for (std::string line; std::getline(table, line);) {
            const auto at = line.find(' ' + target + ' ');
            if (at == std::string::npos) continue;
            const auto options = line.find(' ', at + target.size() + 2);
            return line.substr(options + 1, line.find(" - ") - options - 1 + 1);
        }
        return "none";
    }
    static unsigned long flags_of(const std::string& target) {
        struct statvfs there {};
        return ::statvfs(target.c_str(), &there) == 0 ? there.f_flag : ~0UL;
    }
    static MountRow row(const std::string& source, const std::string& target, const std::string& type,
                        unsigned long flags = 0) {
        MountRow row;
        row.source = source;
        row.target = target;
        row.type = type;
        row.flags = flags;
        return row;
    }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(MountTest, MakesTheTargetAndMounts) {
    auto run = tmpfs_on("a/run");
    run.data = "mode=0711";
    ASSERT_TRUE(is_ok(mount(run)));
    EXPECT_TRUE(is_mounted(path("a/run")));
    struct stat status {};
    ASSERT_EQ(::stat(path("a/run").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0711U);
}

TEST_F(MountTest, LeavesAloneWhatIsMounted) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    make_file("run/file", "");
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    EXPECT_TRUE(exists(path("run/file")));
}

TEST_F(MountTest, SkipsARowWhosePathExists) {
    auto run = tmpfs_on("run");
    run.skip_if_exists = make_file("marker", "");
    ASSERT_TRUE(is_ok(mount(run)));
    EXPECT_FALSE(is_mounted(path("run")));
}

TEST_F(MountTest, GoesByThePathAloneWhenThereIsOne) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    auto again = tmpfs_on("run");
    again.skip_if_exists = path("run/marker");
    make_file("run/file", "");
    ASSERT_TRUE(is_ok(mount(again)));
    EXPECT_FALSE(exists(path("run/file")));
}

TEST_F(MountTest, HeedsFlags) {
    auto run = tmpfs_on("run");
    run.flags = MS_RDONLY;
    ASSERT_TRUE(is_ok(mount(run)));
    EXPECT_EQ(test::sentence(write_file(path("run/file"), "")),
              "write " + path("run/file") + ": Read-only file system");
}

TEST_F(MountTest, TakesEarlyMountsToo) {
    const std::string target = path("proc");
    ASSERT_TRUE(is_ok(mount(EarlyMount{"proc", target, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, ""})));
    EXPECT_TRUE(exists(path("proc/self")));
}

TEST_F(MountTest, NamesAFilesystemThatTheKernelDoesNotHave) {
    EXPECT_EQ(test::sentence(mount(row("tag", path("share"), "nosuchfs"))),
              "mount nosuchfs tag on " + path("share") + ": the kernel has no filesystem nosuchfs: No such device");
    EXPECT_EQ(test::sentence(mount(row("tag", path("share"), "nosuchfs,norsuch"))),
              "mount nosuchfs tag on " + path("share") + ": the kernel has no filesystem nosuchfs: No such device");
}

TEST_F(MountTest, NamesATargetThatCannotBeMade) {
    make_file("file", "");
    EXPECT_EQ(test::sentence(mount(tmpfs_on("file/run"))),
              "mount tmpfs on " + path("file/run") + ": " + path("file/run") +
                  " is no directory, or leads through none: Not a directory");
}

TEST_F(MountTest, NamesWhatTheKernelRefuses) {
    auto run = tmpfs_on("run");
    run.data = "nonsense=1";
    EXPECT_EQ(test::sentence(mount(run)),
              "mount tmpfs on " + path("run") + ": an option is wrong: 'nonsense=1': Invalid argument");
}

TEST_F(MountTest, BindsADirectory) {
    make_directory("from");
    make_file("from/file", "");
    ASSERT_TRUE(is_ok(mount(row(path("from"), path("to"), "", MS_BIND))));
    EXPECT_TRUE(can_write(path("to/file")));
}

TEST_F(MountTest, BindsReadOnly) {
    make_directory("from");
    make_file("from/file", "");
    ASSERT_TRUE(is_ok(mount(row(path("from"), path("to"), "", MS_BIND | MS_RDONLY))));
    EXPECT_FALSE(can_write(path("to/file")));
    EXPECT_TRUE(can_write(path("from/file")));
}

TEST_F(MountTest, BindsAFile) {
    const auto file = make_file("from", "content");
    ASSERT_TRUE(is_ok(mount(row(file, path("a/b/to"), "", MS_BIND))));
    EXPECT_EQ(*read_file(path("a/b/to"), 100), "content");
}

TEST_F(MountTest, NamesABindMountWhoseSourceIsMissing) {
    EXPECT_EQ(test::sentence(mount(row(path("from"), path("to"), "", MS_BIND))),
              "bind " + path("from") + " on " + path("to") + ": " + path("from") +
                  " is not there: No such file or directory");
}

TEST_F(MountTest, TriesTypesInTurn) {
    ASSERT_TRUE(is_ok(mount(row("x", path("run"), "nosuchfs,tmpfs"))));
    EXPECT_TRUE(is_mounted(path("run")));
    // What says most is what is told.
    const auto call = [](const MountRow& each, unsigned long, const MountAt&) {
        return each.type == "b" ? EIO : EINVAL;
    };
    EXPECT_EQ(test::sentence(mount(row("/dev/x", path("other"), "a,b,c"), call)),
              "mount b /dev/x on " + path("other") + ": /dev/x cannot be read: Input/output error");
}

TEST_F(MountTest, RemountsWhatIsMounted) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    const auto file = make_file("run/file", "");
    ASSERT_TRUE(is_ok(mount(row("tmpfs", path("run"), "tmpfs", MS_REMOUNT | MS_RDONLY))));
    EXPECT_FALSE(can_write(file));
}

TEST_F(MountTest, SetsThePropagationOfANewMount) {
    ASSERT_TRUE(is_ok(mount(with_propagation(tmpfs_on("run"), MS_SHARED))));
    ASSERT_TRUE(is_ok(mount(row(path("run"), path("peer"), "", MS_BIND))));
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run/inner"))));
    EXPECT_TRUE(is_mounted(path("peer/inner")));
}

TEST_F(MountTest, SetsThePropagationOfAMountThatIsThere) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    ASSERT_TRUE(is_ok(mount(with_propagation(row("", path("run"), ""), MS_SHARED))));
    ASSERT_TRUE(is_ok(mount(row(path("run"), path("peer"), "", MS_BIND))));
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run/inner"))));
    EXPECT_TRUE(is_mounted(path("peer/inner")));
}

TEST_F(MountTest, SetsThePropagationOfWhatWasMountedBeforeAndMountsNothingOverIt) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("run"))));
    make_file("run/file", "");
    ASSERT_TRUE(is_ok(mount(with_propagation(tmpfs_on("run"), MS_SHARED))));
    EXPECT_TRUE(exists(path("run/file")));
    EXPECT_TRUE(propagation_of(path("run")).starts_with("shared:")) << propagation_of(path("run"));
}

TEST_F(MountTest, SetsWhatEachWordSaysInTurn) {
    ASSERT_TRUE(is_ok(mount(with_propagation(tmpfs_on("run"), MS_SHARED))));
    make_directory("plain");
    auto bind = row(path("run"), path("slave"), "", MS_BIND);
    bind.propagation = {MS_SLAVE | MS_REC, MS_SHARED};
    ASSERT_TRUE(is_ok(mount(bind)));
    EXPECT_TRUE(propagation_of(path("slave")).starts_with("shared:")) << propagation_of(path("slave"));
    EXPECT_NE(propagation_of(path("slave")).find("master:"), std::string::npos) << propagation_of(path("slave"));
    ASSERT_TRUE(is_ok(mount(with_propagation(row("", path("run"), ""), MS_PRIVATE))));
    EXPECT_EQ(propagation_of(path("run")), "");
    ASSERT_TRUE(is_ok(mount(with_propagation(row("", path("run"), ""), MS_UNBINDABLE))));
    EXPECT_EQ(propagation_of(path("run")), "unbindable ");
    EXPECT_EQ(test::sentence(mount(row(path("run"), path("again"), "", MS_BIND))),
              "bind " + path("run") + " on " + path("again") + ": " + path("run") +
                  " is on a mount that is unbindable: Invalid argument");
    EXPECT_EQ(test::sentence(mount(with_propagation(row("", path("plain"), ""), MS_SHARED))),
              "set the propagation of " + path("plain") + ": nothing is mounted there: Invalid argument");
}

TEST_F(MountTest, RecursivePropagationMakesNoRecursiveBind) {
    ASSERT_TRUE(is_ok(mount(tmpfs_on("from"))));
    ASSERT_TRUE(is_ok(mount(tmpfs_on("from/inner"))));
    make_file("from/inner/file", "");
    ASSERT_TRUE(is_ok(mount(with_propagation(row(path("from"), path("to"), "", MS_BIND), MS_SLAVE | MS_REC))));
    EXPECT_FALSE(exists(path("to/inner/file")));
}

TEST_F(MountTest, KeepsWhatTheTargetHeldWhenAsked) {
    make_directory("etc/ssl");
    make_file("etc/ssl/cert", "pem");
    ASSERT_EQ(::symlink("ssl/cert", path("etc/link").c_str()), 0);
    auto etc = tmpfs_on("etc");
    etc.copy_up = true;
    ASSERT_TRUE(is_ok(mount(etc)));
    EXPECT_TRUE(is_mounted(path("etc")));
    EXPECT_EQ(*read_file(path("etc/link"), 100), "pem");
    ASSERT_EQ(::umount2(path("etc").c_str(), 0), 0);
    EXPECT_EQ(*read_file(path("etc/ssl/cert"), 100), "pem");
}

TEST_F(MountTest, WhatIsKeptIsWhoseItWas) {
    struct stat now {};
    for (const auto& [data, mode] : {std::pair("", 0700U), {"size=1m", 0700U}, {"mode=0711", 0711U}}) {
        const auto home = make_directory("home");
        ASSERT_EQ(::chown(home.c_str(), 1000, 1001), 0);
        ASSERT_EQ(::chmod(home.c_str(), 0700), 0);
        auto kept = tmpfs_on("home");
        kept.copy_up = true;
        kept.data = data;
        ASSERT_TRUE(is_ok(mount(kept)));
        ASSERT_EQ(::stat(home.c_str(), &now), 0);
        EXPECT_EQ(now.st_mode & 07777, mode) << data;
        EXPECT_EQ(now.st_uid, mode == 0700U ? 1000U : 0U) << data;
        EXPECT_EQ(now.st_gid, mode == 0700U ? 1001U : 0U) << data;
        ASSERT_EQ(::umount2(home.c_str(), 0), 0);
    }
}

// As on a disk, at the second boot.
TEST_F(MountTest, WhatWasKeptBeforeIsNoFailure) {
    make_directory("data/state");
    make_file("data/state/count", "0");
    make_directory("disk/state");
    make_file("disk/state/count", "7");
    auto kept = row(path("disk"), path("data"), "", MS_BIND);
    kept.copy_up = true;
    ASSERT_TRUE(is_ok(mount(kept)));
    EXPECT_EQ(*read_file(path("data/state/count"), 10), "7");
}

TEST_F(MountTest, CoversWhatTheTargetHeldOtherwise) {
    make_directory("etc");
    make_file("etc/hosts", "");
    ASSERT_TRUE(is_ok(mount(tmpfs_on("etc"))));
    EXPECT_FALSE(exists(path("etc/hosts")));
}

TEST_F(MountTest, StaysMountedWhenNotAllCanBeKept) {
    make_directory("etc");
    make_file("etc/hosts", std::string(10'000, 'x'));
    auto etc = tmpfs_on("etc");
    etc.copy_up = true;
    etc.data = "size=4k";
    EXPECT_EQ(test::sentence(mount(etc)), "copy up " + path("etc") + ": copy hosts: No space left on device");
    EXPECT_TRUE(is_mounted(path("etc")));
}

TEST_F(MountTest, KnowsAMountPointFromADirectory) {
    make_directory("plain");
    EXPECT_FALSE(is_mounted(path("plain")));
    EXPECT_FALSE(is_mounted(path("none")));
    EXPECT_TRUE(is_mounted("/"));
    EXPECT_TRUE(is_mounted("/proc"));
}

TEST_F(MountTest, KnowsABindMountOfTheSameFilesystem) {
    make_directory("from");
    ASSERT_TRUE(is_ok(mount(row(path("from"), path("to"), "", MS_BIND))));
    EXPECT_TRUE(is_mounted(path("to")));
    EXPECT_FALSE(is_mounted(path("from")));
}

// mount(8): a remount changes what it names.
TEST_F(MountTest, ARemountKeepsTheFlagsThatItDoesNotName) {
    const auto target = make_directory("a");
    ASSERT_EQ(::mount("tmpfs", target.c_str(), "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NODIRATIME, nullptr), 0);
    const auto remount = [&](const char* options) {
        return mount(mount_row({.source = {}, .target = target, .type = {}, .options = options}));
    };
    ASSERT_TRUE(is_ok(remount("remount,noatime")));
    EXPECT_EQ(flags_of(target),
              static_cast<unsigned long>(ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NODIRATIME | ST_NOATIME));
    ASSERT_TRUE(is_ok(remount("remount,rw,suid,noexec,atime")));
    EXPECT_EQ(flags_of(target), static_cast<unsigned long>(ST_NODEV | ST_NOEXEC | ST_NODIRATIME | ST_RELATIME));
    ASSERT_TRUE(is_ok(remount("remount,bind,ro,nosuid")));
    EXPECT_EQ(flags_of(target),
              static_cast<unsigned long>(ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NODIRATIME | ST_RELATIME));
}

TEST_F(MountTest, ABindKeepsTheFlagsOfItsSource) {
    const auto source = make_directory("a"), target = make_directory("b");
    ASSERT_EQ(::mount("tmpfs", source.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), 0);
    ASSERT_TRUE(is_ok(mount(mount_row({.source = source, .target = target, .type = {}, .options = "bind,ro,exec"}))));
    EXPECT_EQ(flags_of(target), static_cast<unsigned long>(ST_RDONLY | ST_NOSUID | ST_NODEV | ST_RELATIME));
}

}  // namespace
}  // namespace nlinit::sys
