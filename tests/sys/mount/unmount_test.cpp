// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/unmount.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/fuse_share.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

constexpr int kNoRoot = 90;
constexpr int kNoOverlay = 91;
constexpr int kNoFuse = 92;

bool mount_fs(const char* type, const char* target, const char* options = nullptr) {
    ::mkdir(target, 0755);
    return ::mount(type, target, type, 0, options) == 0;
}

bool is_listed(const std::string& target) {
    const auto table = read_mount_table();
    return table.ok() &&
           std::any_of(table->begin(), table->end(), [&](const MountEntry& entry) { return entry.target == target; });
}

// Swap is the machine's.
bool hide_swap() {
    const auto made = write_file("no-swap", "");
    return made.ok() && (::mount("no-swap", "proc/swaps", nullptr, MS_BIND, nullptr) == 0 || errno == ENOENT);
}

// A remount as read-only reaches every mount of a filesystem, those of other namespaces too. So the root is to be a
// fresh tmpfs with a /proc, and nothing of what there was before may be left in sight.
bool enter_root_of_its_own(const std::string& directory) {
    if (!mount_fs("tmpfs", directory.c_str()) || ::chdir(directory.c_str()) != 0) return false;
    if (!mount_fs("proc", "proc") || !hide_swap() || ::syscall(SYS_pivot_root, ".", ".") != 0) return false;
    if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) return false;
    const auto table = read_mount_table();
    return table.ok() && table->size() <= 3;
}

void end_filesystems(Duration limit = std::chrono::seconds(10)) {
    FilesystemsEnd end(BootClock::now() + limit);
    end.unmount_shares();
    end.unmount_all();
}

class UnmountAllTest : public ::testing::Test {
  protected:
    void in_root_of_its_own(const std::function<void()>& body) {
        const int status = test::run_in_child([&] {
            if (!enter_root_of_its_own(directory_.path())) return kNoRoot;
            body();
            return HasFailure() ? 1 : 0;
        });
        EXPECT_EQ(status, 0);
    }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(UnmountAllTest, UnmountsWhatIsInsideFirst) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("tmpfs", "/a") && mount_fs("tmpfs", "/a/b") && mount_fs("tmpfs", "/a/b/c"));
        end_filesystems();
        EXPECT_FALSE(is_listed("/a"));
    });
}

TEST_F(UnmountAllTest, UnmountsWhatIsStackedOnOnePlace) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("tmpfs", "/a") && mount_fs("tmpfs", "/a") && mount_fs("tmpfs", "/a"));
        end_filesystems();
        EXPECT_FALSE(is_listed("/a"));
    });
}

TEST_F(UnmountAllTest, UnmountsWhatWasMovedIntoALaterMount) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("tmpfs", "/earlier") && mount_fs("tmpfs", "/later"));
        ASSERT_EQ(::mkdir("/later/moved", 0755), 0);
        ASSERT_EQ(::mount("/earlier", "/later/moved", nullptr, MS_MOVE, nullptr), 0);
        end_filesystems();
        EXPECT_FALSE(is_listed("/later/moved"));
        EXPECT_FALSE(is_listed("/later"));
    });
}

TEST_F(UnmountAllTest, UnmountsANameThatMountinfoEscapes) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("tmpfs", "/a b\\c"));
        end_filesystems();
        EXPECT_FALSE(is_listed("/a b\\c"));
    });
}

TEST_F(UnmountAllTest, LeavesKernelFilesystems) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("devpts", "/pts"));
        end_filesystems();
        EXPECT_TRUE(is_listed("/pts"));
        EXPECT_TRUE(is_listed("/proc"));
    });
}

TEST_F(UnmountAllTest, LeavesATmpfsThatIsBusyAsItIs) {
    in_root_of_its_own([] {
        ASSERT_TRUE(mount_fs("tmpfs", "/a"));
        const UniqueFd busy(::open("/a/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        ASSERT_TRUE(busy.valid());
        end_filesystems();
        EXPECT_TRUE(is_listed("/a"));
        EXPECT_TRUE(write_file("/a/other", "").ok());
        EXPECT_TRUE(write_file("/other", "").ok());  // the root is a tmpfs too
    });
}

TEST_F(UnmountAllTest, MakesReadOnlyWhatIsBusy) {
    const test::TemporaryDirectory directory;
    const int status = test::run_in_child([&] {
        if (!enter_root_of_its_own(directory.path())) return kNoRoot;
        for (const char* name : {"/lower", "/upper", "/work"}) ::mkdir(name, 0755);
        if (!mount_fs("overlay", "/data", "lowerdir=/lower,upperdir=/upper,workdir=/work")) return kNoOverlay;
        const UniqueFd busy(::open("/data", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        end_filesystems();
        EXPECT_TRUE(is_listed("/data"));
        const auto written = write_file("/data/file", "");
        EXPECT_FALSE(written.ok());
        if (!written.ok()) {
            EXPECT_EQ(written.error().code, EROFS);
        }
        return HasFailure() ? 1 : 0;
    });
    if (status == kNoOverlay << 8) GTEST_SKIP() << "overlay cannot be mounted here";
    EXPECT_EQ(status, 0);
}

// Nobody answers for the share: who looks for what is mounted within it waits for ever.
TEST_F(UnmountAllTest, GoesOnWhereAShareDoesNotAnswer) {
    const test::TemporaryDirectory directory;
    const int status = test::run_in_child([&] {
        if (!enter_root_of_its_own(directory.path())) return kNoRoot;
        auto share = test::FuseShare::mount("/share");
        if (!share) return kNoFuse;
        if (!mount_fs("tmpfs", "/share/within") || !mount_fs("tmpfs", "/other")) return kNoRoot;
        share->fall_silent();
        const auto before = BootClock::now();
        end_filesystems(std::chrono::seconds(3));
        EXPECT_LT(BootClock::now() - before, std::chrono::seconds(4));
        EXPECT_FALSE(is_listed("/other"));
        EXPECT_TRUE(is_listed("/share/within"));
        return HasFailure() ? 1 : 0;
    });
    if (status == kNoFuse << 8) GTEST_SKIP() << "FUSE cannot be mounted here";
    EXPECT_EQ(status, 0);
}

TEST_F(UnmountAllTest, UnmountsSharesAndWhatIsWithinThemFirst) {
    const test::TemporaryDirectory directory;
    const int status = test::run_in_child([&] {
        if (!enter_root_of_its_own(directory.path())) return kNoRoot;
        const auto share = test::FuseShare::mount("/share");
        if (!share) return kNoFuse;
        if (!mount_fs("tmpfs", "/share/within") || !mount_fs("tmpfs", "/other")) return kNoRoot;
        FilesystemsEnd end(BootClock::now() + std::chrono::seconds(10));
        end.unmount_shares();
        EXPECT_FALSE(is_listed("/share/within"));
        EXPECT_FALSE(is_listed("/share"));
        EXPECT_TRUE(is_listed("/other"));
        return HasFailure() ? 1 : 0;
    });
    if (status == kNoFuse << 8) GTEST_SKIP() << "FUSE cannot be mounted here";
    EXPECT_EQ(status, 0);
}

// What came before has used up all of the time, and a share is silent besides.
TEST_F(UnmountAllTest, ADiskThatAnswersHasTimeAfterTheDeadline) {
    const test::TemporaryDirectory directory;
    const int status = test::run_in_child([&] {
        if (!enter_root_of_its_own(directory.path())) return kNoRoot;
        for (const char* name : {"/lower", "/upper", "/work"}) ::mkdir(name, 0755);
        if (!mount_fs("overlay", "/data", "lowerdir=/lower,upperdir=/upper,workdir=/work")) return kNoOverlay;
        auto share = test::FuseShare::mount("/share");
        if (!share) return kNoFuse;
        if (!mount_fs("tmpfs", "/share/within")) return kNoRoot;
        share->fall_silent();
        const UniqueFd busy(::open("/data", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const auto before = BootClock::now();
        end_filesystems(std::chrono::seconds(-10));
        EXPECT_LT(BootClock::now() - before, std::chrono::seconds(3));
        const auto written = write_file("/data/file", "");
        EXPECT_TRUE(!written.ok() && written.error().code == EROFS);
        return HasFailure() ? 1 : 0;
    });
    if (status == kNoFuse << 8 || status == kNoOverlay << 8) GTEST_SKIP() << "FUSE or overlay cannot be mounted here";
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace nlinit::sys
