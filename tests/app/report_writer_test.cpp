// When the report is written, and that a share which hangs costs nothing.
#include "nlinit/app/report_writer.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>

#include "nlinit/app/boot_report.hpp"
#include "nlinit/sys/file.hpp"
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
    // As PID 1 does when it hears of a child.
    void reap() {
        int status = 0;
        const auto child = ::waitpid(-1, &status, 0);
        ASSERT_GT(child, 0);
        EXPECT_TRUE(writer_.reaped(child, WEXITSTATUS(status)));
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    int made_ = 0;
    ReportWriter writer_{loop_, [this] { return "report " + std::to_string(++made_); }};
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
    reap();
    EXPECT_EQ(content(share_ / "boot.json"), "report 1");
    EXPECT_FALSE(writer_.reaped(12345, 0));
}

// The payload's arguments and vendor options are in it.
TEST_F(ReportWriterTest, NobodyButRootMayReadItOrItsCopy) {
    ASSERT_TRUE(sys::make_directories("/run/nlinit").ok());
    for (const auto& path : {std::string(kReportPath), share_ / "boot.json"})
        ASSERT_TRUE(sys::write_file(path, "of a version that let others read it", 0644).ok());
    writer_.write_and_share(share_ / "boot.json");
    reap();
    for (const auto& path : {std::string(kReportPath), share_ / "boot.json"})
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600)) << path;
}

TEST_F(ReportWriterTest, OnlyOneChildWritesAtATimeAndTheLastReportComesAfterIt) {
    for (int i = 0; i < 5; ++i) writer_.write_and_share(share_ / "boot.json");
    reap();
    reap();
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there were two children for five reports";
    EXPECT_EQ(content(share_ / "boot.json"), "report 6");
}

TEST_F(ReportWriterTest, AnEndWaitsForTheCopy) {
    writer_.write_and_share(share_ / "boot.json");
    writer_.finish(share_ / "boot.json", kNever);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
    EXPECT_EQ(content(share_ / "boot.json"), "report 3") << "what was true when the first copy was made is past";
}

TEST_F(ReportWriterTest, AShareThatIsNotThereCostsItsCopyAndNothingElse) {
    writer_.finish(share_ / "missing/boot.json", kNever);
    EXPECT_EQ(written(), "report 1");
    EXPECT_FALSE(std::filesystem::exists(share_ / "missing"));
}

}  // namespace
}  // namespace nlinit::app
