// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::log {
namespace {

std::string content_of(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
}

void make_empty_file(const std::string& path) {
    std::ofstream(path).flush();
}

void bind_over(const std::string& from, const char* over) {
    ASSERT_EQ(::mount(from.c_str(), over, nullptr, MS_BIND, nullptr), 0) << over;
}

// A log of its own for each test, for a log once open stays so: the test goes on in a child, where /dev is empty until
// a kernel log is made, which is a plain file, and where the sysctl is a plain file too.
class LogTest : public ::testing::Test {
  protected:
    template <class Body>
    void in_child(Body body) {
        const int status = test::run_in_child([&] {
            EXPECT_EQ(::mount("tmpfs", "/dev", "tmpfs", 0, nullptr), 0);
            make_empty_file(sysctl());
            bind_over(sysctl(), "/proc/sys/kernel/printk_devkmsg");
            set_console_level("4\t4\t1\t7\n");
            bind_over(levels(), "/proc/sys/kernel/printk");
            body();
            return HasFailure() ? 1 : 0;
        });
        EXPECT_EQ(status, 0);
    }
    void make_kernel_log() {
        make_empty_file(kernel_log());
        make_empty_file("/dev/kmsg");
        bind_over(kernel_log(), "/dev/kmsg");
    }
    void set_console_level(const std::string& text) { std::ofstream(levels()) << text; }
    void make_console() {
        make_empty_file(console());
        make_empty_file("/dev/console");
        bind_over(console(), "/dev/console");
    }
    void redirect_standard_error() {
        const int fd = ::open(standard_error().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        EXPECT_EQ(::dup2(fd, STDERR_FILENO), STDERR_FILENO);
    }

    std::string kernel_log() const { return directory_ / "kmsg"; }
    std::string sysctl() const { return directory_ / "printk_devkmsg"; }
    std::string levels() const { return directory_ / "printk"; }
    std::string console() const { return directory_ / "console"; }
    std::string standard_error() const { return directory_ / "stderr"; }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(LogTest, WritesRecordsWithTheKernelsPriorities) {
    in_child([&] {
        make_kernel_log();
        open(Target::kernel, Level::debug);
        debug("boot", "one");
        info("net", "two");
        warning("dhcp", "three");
        error("boot", "four");
    });
    EXPECT_EQ(content_of(kernel_log()),
              "<7>nlinit: boot: one\n<6>nlinit: net: two\n<4>nlinit: dhcp: three\n<3>nlinit: boot: four\n");
}

TEST_F(LogTest, WritesToStandardErrorWithoutPriorities) {
    in_child([&] {
        redirect_standard_error();
        open(Target::standard_error, Level::info);
        info("net", "hello");
    });
    EXPECT_EQ(content_of(standard_error()), "nlinit: net: hello\n");
}

TEST_F(LogTest, DropsWhatIsBelowTheThreshold) {
    in_child([&] {
        make_kernel_log();
        open(Target::kernel, Level::warning);
        info("boot", "unheard");
        EXPECT_FALSE(enabled(Level::info));
        set_threshold(Level::info);
        EXPECT_TRUE(enabled(Level::info));
        info("boot", "heard");
    });
    EXPECT_EQ(content_of(kernel_log()), "<6>nlinit: boot: heard\n");
}

TEST_F(LogTest, KeepsEarlyLinesUntilTheKernelLogCanBeOpened) {
    in_child([&] {
        warning("boot", "before anything");
        open(Target::kernel, Level::info);  // there is no /dev/kmsg
        info("boot", "before /dev");
        make_kernel_log();
        open(Target::kernel, Level::info);
        info("boot", "after");
    });
    EXPECT_EQ(content_of(kernel_log()),
              "<4>nlinit: boot: before anything\n<6>nlinit: boot: before /dev\n<6>nlinit: boot: after\n");
}

TEST_F(LogTest, FindsTheKernelLogByItselfWhenItIsThere) {
    in_child([&] {
        debug("boot", "unheard");
        open(Target::kernel, Level::info);  // there is no /dev/kmsg
        info("boot", "before /dev");
        make_kernel_log();
        info("boot", "after");
    });
    EXPECT_EQ(content_of(kernel_log()), "<6>nlinit: boot: before /dev\n<6>nlinit: boot: after\n");
}

TEST_F(LogTest, WhatTheKernelLogDoesNotTakeGoesToStandardError) {
    in_child([&] {
        redirect_standard_error();
        constexpr unsigned kMemory = 1, kFull = 7;  // full(4)
        EXPECT_EQ(::mknod("/dev/kmsg", S_IFCHR | 0600, makedev(kMemory, kFull)), 0);
        open(Target::kernel, Level::info);
        info("boot", "no room");
    });
    EXPECT_EQ(content_of(standard_error()), "nlinit: boot: no room\n");
}

TEST_F(LogTest, AppliesTheThresholdToEarlyLines) {
    in_child([&] {
        debug("boot", "unheard");
        make_kernel_log();
        open(Target::kernel, Level::info);
    });
    EXPECT_EQ(content_of(kernel_log()), "");
}

TEST_F(LogTest, SaysHowManyEarlyLinesWereLost) {
    in_child([&] {
        for (int i = 0; i < 70; ++i) info("boot", "line " + std::to_string(i));
        make_kernel_log();
        open(Target::kernel, Level::info);
    });
    const std::string content = content_of(kernel_log());
    EXPECT_TRUE(content.starts_with("<4>nlinit: log: 6 early lines were lost\n<6>nlinit: boot: line 6\n")) << content;
    EXPECT_TRUE(content.ends_with("<6>nlinit: boot: line 69\n")) << content;
}

TEST_F(LogTest, MakesOneRecordOfAMessageWithLineBreaks) {
    in_child([&] {
        make_kernel_log();
        open(Target::kernel, Level::info);
        info("dhcp", "host name \"a\n<0>b\"");
    });
    EXPECT_EQ(content_of(kernel_log()), "<6>nlinit: dhcp: host name \"a\\x0a<0>b\"\n");
}

TEST_F(LogTest, LeavesErrorsToTheKernelWhereItShowsThem) {
    in_child([&] {
        make_kernel_log();
        make_console();
        open(Target::kernel, Level::info);
        error("boot", "seen");
    });
    EXPECT_EQ(content_of(kernel_log()), "<3>nlinit: boot: seen\n");
    EXPECT_EQ(content_of(console()), "");
}

TEST_F(LogTest, WritesErrorsAndNothingElseToAConsoleThatDoesNotShowThem) {
    in_child([&] {
        make_kernel_log();
        make_console();
        open(Target::kernel, Level::info);
        set_console_level("1\t4\t1\t7\n");
        error("boot", "seen");
        warning("boot", "unseen");
        summary("boot", {"counted"});
        set_console_level("4\t4\t1\t7\n");
        error("boot", "left to the kernel");
        EXPECT_EQ(failures(), (std::vector<std::string>{"boot: seen", "boot: left to the kernel"}));
    });
    EXPECT_EQ(content_of(kernel_log()),
              "<3>nlinit: boot: seen\n<4>nlinit: boot: unseen\n<3>nlinit: boot: counted\n<3>nlinit: boot: left to the "
              "kernel\n");
    EXPECT_EQ(content_of(console()), "nlinit: boot: seen\nnlinit: boot: counted\n");
}

TEST_F(LogTest, WithoutAKernelLogErrorsGoToTheConsoleAndAreNotThereTwice) {
    in_child([&] {
        make_console();
        error("boot", "before all");
        info("boot", "no failure");
        open(Target::kernel, Level::info);  // there is no /dev/kmsg
        error("boot", "after");
        EXPECT_EQ(content_of(console()), "nlinit: boot: before all\nnlinit: boot: after\n");
        make_kernel_log();
        info("boot", "at last");
    });
    EXPECT_EQ(content_of(kernel_log()),
              "<7>nlinit: boot: before all\n<6>nlinit: boot: no failure\n<7>nlinit: boot: after\n<6>nlinit: boot: at "
              "last\n");
    EXPECT_EQ(content_of(console()), "nlinit: boot: before all\nnlinit: boot: after\n");
}

TEST_F(LogTest, AConsoleThatTakesNothingHoldsNobodyUp) {
    in_child([&] {
        make_kernel_log();
        ASSERT_EQ(::mkfifo("/dev/console", 0600), 0);
        const sys::UniqueFd reader(::open("/dev/console", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        open(Target::kernel, Level::debug);
        set_console_level("1\t4\t1\t7\n");
        for (int i = 0; i < 2000; ++i) info("boot", std::string(100, 'x'));  // more than a pipe holds
        info("boot", "still here");
    });
    EXPECT_TRUE(content_of(kernel_log()).ends_with("<6>nlinit: boot: still here\n"));
}

TEST_F(LogTest, TellsTheSameErrorOnceAndItsRepeatsToWhoWantsDebugLines) {
    in_child([&] {
        make_kernel_log();
        open(Target::kernel, Level::info);
        for (int i = 0; i < 5; ++i) error("payload", "it died");
        warning("payload", "a remark");
        warning("payload", "a remark");
        set_threshold(Level::debug);
        error("payload", "it died");
    });
    EXPECT_EQ(content_of(kernel_log()),
              "<3>nlinit: payload: it died\n<4>nlinit: payload: a remark\n<4>nlinit: payload: a remark\n<7>nlinit: "
              "payload: it died\n");
}

TEST_F(LogTest, DebugHasTheKernelShowAllWithWhatWasSaidBefore) {
    in_child([&] {
        debug("boot", "before all");
        make_kernel_log();
        make_console();
        open(Target::kernel, Level::info);
        info("boot", "first");
        set_threshold(Level::debug);
        debug("boot", "second");
    });
    EXPECT_EQ(content_of(levels()), "8\t4\t1\t7\n");
    EXPECT_EQ(content_of(kernel_log()),
              "<6>nlinit: boot: first\n<7>nlinit: boot: before all\n<7>nlinit: boot: second\n");
    EXPECT_EQ(content_of(console()), "");
}

TEST_F(LogTest, DebugLinesGoToTheConsoleWhereTheKernelsLevelIsLoweredAgain) {
    in_child([&] {
        make_kernel_log();
        make_console();
        open(Target::kernel, Level::debug);
        set_console_level("3\t4\t1\t7\n");
        debug("boot", "one");
    });
    EXPECT_EQ(content_of(console()), "nlinit: boot: one\n");
}

TEST_F(LogTest, LiftsTheKernelsRateLimit) {
    in_child([&] {
        make_kernel_log();
        open(Target::kernel, Level::info);
    });
    EXPECT_EQ(content_of(sysctl()), "on\n");
}

TEST_F(LogTest, EmergencyOpensTheKernelLogByItself) {
    in_child([&] {
        make_kernel_log();
        emergency("crash: SIGSEGV");
    });
    EXPECT_EQ(content_of(kernel_log()), "<2>nlinit: crash: SIGSEGV\n");
}

TEST_F(LogTest, EmergencyGoesToStandardErrorWhenThereIsNoKernelLog) {
    in_child([&] {
        redirect_standard_error();
        emergency("crash: SIGSEGV");
    });
    EXPECT_EQ(content_of(standard_error()), "nlinit: crash: SIGSEGV\n");
}

TEST_F(LogTest, SurvivesAStandardErrorThatIsClosed) {
    in_child([&] {
        open(Target::standard_error, Level::info);
        ::close(STDERR_FILENO);
        info("net", "unheard");
    });
}

// The record that follows the descriptor's position.
std::string next_record(int kernel_log) {
    char record[8192];
    const ssize_t size = ::read(kernel_log, record, sizeof record);
    return size < 0 ? "" : std::string(record, static_cast<std::size_t>(size));
}

TEST(KernelLog, TakesALongMessageCut) {
    const sys::UniqueFd reader(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!reader.valid()) GTEST_SKIP() << "/dev/kmsg cannot be read here";
    ASSERT_GE(::lseek(reader.get(), 0, SEEK_END), 0);
    const std::string marker = "test " + std::to_string(::getpid()) + " ";
    const test::TemporaryDirectory directory;
    const int status = test::run_in_child([&] {
        make_empty_file(directory / "sysctl");
        bind_over(directory / "sysctl", "/proc/sys/kernel/printk_devkmsg");
        bind_over(directory / "sysctl", "/proc/sys/kernel/printk");
        open(Target::kernel, Level::debug);
        debug("test", marker + std::string(5000, 'x'));
        return 0;
    });
    EXPECT_EQ(status, 0);
    std::string record = next_record(reader.get());
    while (!record.empty() && record.find(marker) == std::string::npos) record = next_record(reader.get());
    // Facility 1 (user) and severity 7: syslog(3).
    EXPECT_TRUE(record.starts_with("15,")) << record;
    EXPECT_NE(record.find(";nlinit: test: " + marker), std::string::npos) << record;
    EXPECT_NE(record.find("xxx...\n"), std::string::npos) << record;
}

}  // namespace
}  // namespace nlinit::log
