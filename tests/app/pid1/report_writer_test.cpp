// SPDX-License-Identifier: Apache-2.0
// When the report is written, and that a share which hangs costs nothing.
#include "app/pid1/report_writer.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "app/pid1/boot_report.hpp"
#include "nlinit/sys/file/file.hpp"
#include "support/namespaces.hpp"
#include "support/run_until.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

class ReportWriterTest : public ::testing::Test {
  protected:
    ReportWriterTest() {
        test::enter_own_mount_namespace();
        EXPECT_EQ(::mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
    }
    [[nodiscard]] static std::string written() {
        const auto text = sys::read_file(kReportPath, 100);
        return text.ok() ? *text : "";
    }
    static std::string content(const std::string& path) {
        const auto text = sys::read_file(path, 100);
        return text.ok() ? *text : "";
    }
    ~ReportWriterTest() override {
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    void wait_for_copy() {
        while (!errands_.idle()) loop_.wait();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    int made_ = 0;
    Errands errands_{loop_, [] {}};
    ReportWriter writer_{loop_, errands_, [this] { return "report " + std::to_string(++made_); }};
    test::TemporaryDirectory share_;
};

TEST_F(ReportWriterTest, AChangeIsWrittenWhenTheLoopComesToIt) {
    writer_.changed();
    EXPECT_EQ(written(), "");
    loop_.wait();
    EXPECT_EQ(written(), "report 1");
}

TEST_F(ReportWriterTest, ManyChangesAreOneReportASecond) {
    const auto started = BootClock::now();
    while (BootClock::now() - started < 300ms) {
        writer_.changed();
        loop_.poll();
    }
    EXPECT_EQ(made_, 1);
    EXPECT_TRUE(test::run_until(loop_, [&] { return made_ == 2; })) << "the last change is not forgotten";
    EXPECT_GE(BootClock::now() - started, 1s);
    EXPECT_EQ(written(), "report 2");
}

TEST_F(ReportWriterTest, WhatHappensOnceIsWrittenAtOnce) {
    writer_.changed();
    writer_.write();
    writer_.write();
    EXPECT_EQ(written(), "report 2");
    loop_.poll();
    EXPECT_EQ(made_, 2) << "the change before is in it";
}

TEST_F(ReportWriterTest, TheCopyOnAShareIsWrittenByAChild) {
    writer_.write_and_share(share_ / "boot.json");
    wait_for_copy();
    EXPECT_EQ(content(share_ / "boot.json"), "report 1");
    EXPECT_GT(::waitpid(-1, nullptr, 0), 0) << "nobody but a child writes it";
}

// The payload's arguments and vendor options are in it.
TEST_F(ReportWriterTest, NobodyButRootMayReadItOrItsCopy) {
    ASSERT_TRUE(sys::make_directories("/run/nlinit").ok());
    for (const auto& path : {std::string(kReportPath), share_ / "boot.json"})
        ASSERT_TRUE(sys::write_file(path, "of a version that let others read it", 0644).ok());
    writer_.write_and_share(share_ / "boot.json");
    wait_for_copy();
    for (const auto& path : {std::string(kReportPath), share_ / "boot.json"})
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600)) << path;
}

TEST_F(ReportWriterTest, OnlyOneChildWritesAtATimeAndTheLastReportComesAfterIt) {
    for (int i = 0; i < 5; ++i) writer_.write_and_share(share_ / "boot.json");
    wait_for_copy();
    EXPECT_EQ(content(share_ / "boot.json"), "report 5");
    int children = 0;
    while (::waitpid(-1, nullptr, 0) > 0) ++children;
    EXPECT_EQ(children, 2) << "for five reports";
}

TEST_F(ReportWriterTest, AShareThatIsNotThereCostsItsCopyAndNothingElse) {
    writer_.write_and_share(share_ / "missing/boot.json");
    wait_for_copy();
    EXPECT_EQ(written(), "report 1");
    EXPECT_FALSE(std::filesystem::exists(share_ / "missing"));
}

}  // namespace
}  // namespace nlinit::app
