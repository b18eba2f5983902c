// SPDX-License-Identifier: Apache-2.0
// How whole boots end: by signals, by the payload, by a step that was required.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <ostream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/json.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;

class BootShutdownTest : public ::testing::Test {
  protected:
    BootShutdownTest() { guest_.config = kQuick; }

    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    [[nodiscard]] bool payload_makes(const std::string& file) {
        return guest_.comes_to([&] { return !guest_.output(file).empty(); });
    }
    [[nodiscard]] bool logs(const std::string& words) {
        return guest_.comes_to([&] { return guest_.log().find(words) != std::string::npos; });
    }
    // The report, once it knows how the payload ended.
    [[nodiscard]] std::optional<test::Json> final_report() {
        guest_.follow("/run/nlinit");
        std::optional<test::Json> json;
        const bool is_there = guest_.comes_to([&] {
            json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
            return json && (*json)["payload"].has("exit_status");
        });
        return is_there ? json : std::nullopt;
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

struct EndBySignal {
    const char* name;
    int signal;
    int end;  // as waitpid(2) tells of reboot(2) in a PID namespace
};
void PrintTo(const EndBySignal& ending, std::ostream* out) {
    *out << "SIG" << ending.name;
}
class BootSignalTest : public BootShutdownTest, public ::testing::WithParamInterface<EndBySignal> {};

TEST_P(BootSignalTest, EndsTheMachine) {
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    guest_.signal(GetParam().signal);
    EXPECT_EQ(guest_.wait(), GetParam().end);
    EXPECT_THAT(guest_.log(), HasSubstr("shutting down"));
}

INSTANTIATE_TEST_SUITE_P(Each, BootSignalTest,
                         ::testing::Values(EndBySignal{"TERM", SIGTERM, SIGHUP}, EndBySignal{"INT", SIGINT, SIGHUP},
                                           EndBySignal{"USR1", SIGUSR1, SIGINT}, EndBySignal{"USR2", SIGUSR2, SIGINT},
                                           EndBySignal{"PWR", SIGPWR, SIGINT},
                                           EndBySignal{"RTMIN3", SIGRTMIN + 3, SIGINT},
                                           EndBySignal{"RTMIN4", SIGRTMIN + 4, SIGINT},
                                           EndBySignal{"RTMIN5", SIGRTMIN + 5, SIGHUP}),
                         [](const auto& ending) { return std::string(ending.param.name); });

TEST_F(BootShutdownTest, TheImagesOwnPoweroffAndRebootWork) {
    for (const auto& [applet, end] : {std::pair("poweroff", SIGINT), {"reboot", SIGHUP}, {"halt", SIGINT}}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.install("/bin/busybox", "/bin/busybox");
        EXPECT_EQ(guest.run(sh("/bin/busybox " + std::string(applet) + "; " + kStay)), end) << guest.log();
        EXPECT_THAT(guest.log(), HasSubstr("shutting down"));
    }
}

TEST_F(BootShutdownTest, ThePayloadIsAskedBeforeItIsKilled) {
    boot("trap 'echo term > /out/term; exit 0' TERM; ( " + kStay + " ) & echo > /out/started; wait");
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
    EXPECT_EQ(guest_.output("term"), "term\n");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 0"));
}

TEST_F(BootShutdownTest, WhatThePayloadLeftBehindIsEndedToo) {
    boot("( trap 'echo term > /out/orphan; exit 0' TERM; ( " + kStay +
         " ) & echo > /out/started; wait ) & while [ ! -s /out/started ]; do :; done");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("orphan"), "term\n");
}

TEST_F(BootShutdownTest, WhatIgnoresItsEndIsKilled) {
    boot("( trap '' TERM; echo > /out/started; " + kStay + " ) & while [ ! -s /out/started ]; do :; done");
    const auto before = BootClock::now();
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_LT(BootClock::now() - before, 5s);
}

TEST_F(BootShutdownTest, AFurtherSignalCutsTheGraceShort) {
    guest_.config.replace(guest_.config.find("200ms"), 5, "1h");
    boot("trap '' TERM; echo > /out/started; while :; do " + kStay + "; done");
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGUSR2);
    ASSERT_TRUE(logs("shutting down"));
    EXPECT_TRUE(guest_.running());
    guest_.signal(SIGUSR2);  // the payload's grace is over; everybody's begins
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootShutdownTest, OtherSignalsAreThePayloads) {
    boot("trap 'echo alrm > /out/alrm; exit 5' ALRM; ( " + kStay + " ) & echo > /out/started; wait");
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGALRM);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("alrm"), "alrm\n");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 5"));
}

TEST_F(BootShutdownTest, TheExitStatusIsInTheReportOfAMachineThatStays) {
    guest_.parameters = "nlinit.on_exit=stay";
    boot("exit 3");
    ASSERT_TRUE(logs("ended with status 3"));
    const auto json = final_report();
    ASSERT_TRUE(json) << guest_.file("/run/nlinit/boot.json");
    const auto& payload = (*json)["payload"];
    EXPECT_EQ(payload["exit_status"].number(), 3);
    EXPECT_EQ(payload["starts"].number(), 1);
    EXPECT_EQ(payload["command"][0].text(), "/bin/sh");
    EXPECT_FALSE(payload.has("pid"));
    EXPECT_LE(*payload["start_ms"].number(), *payload["end_ms"].number());
    EXPECT_EQ((*json)["processes_started"].number(), 1);
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootShutdownTest, APayloadThatCannotBeStartedHasDockersStatus) {
    guest_.parameters = "nlinit.on_exit=stay nlinit.profile=arcbox";  // which has an /etc/passwd
    guest_.start(loop_, "/etc/passwd");
    ASSERT_TRUE(logs("run /etc/passwd: it is not executable: its mode is 0644: Permission denied"));
    const auto json = final_report();
    ASSERT_TRUE(json) << guest_.file("/run/nlinit/boot.json");
    EXPECT_EQ((*json)["payload"]["exit_status"].number(), 126);
    EXPECT_THAT((*json)["payload"]["error"].text(), HasSubstr("Permission denied"));
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
}

TEST_F(BootShutdownTest, ARequiredStepThatFailsEndsTheBootAsConfigured) {
    guest_.config = "on_required_failure = \"reboot\"\n" + kQuick +
                    "[[mount]]\ntarget = \"/data\"\ntype = \"nosuchfs\"\nrequired = true\n";
    boot("echo > /out/started");
    EXPECT_EQ(guest_.wait(), SIGHUP) << guest_.log();
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("the kernel has no filesystem nosuchfs"), HasSubstr("required step")));
    EXPECT_EQ(guest_.output("started"), "");
}

TEST_F(BootShutdownTest, ARequiredStepThatFailsIsNoReasonToStopByDefault) {
    guest_.config += "[[mount]]\ntarget = \"/data\"\ntype = \"nosuchfs\"\nrequired = true\n";
    boot("echo > /out/started");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("<3>nlinit: boot: mount"));
    EXPECT_EQ(guest_.output("started"), "\n");
}

TEST_F(BootShutdownTest, WithoutAPayloadItStays) {
    guest_.start(loop_, "");
    ASSERT_TRUE(logs("no payload is configured; staying"));
    EXPECT_TRUE(guest_.running());
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
}

}  // namespace
}  // namespace nlinit::app
