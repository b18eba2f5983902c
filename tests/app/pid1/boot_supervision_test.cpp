// SPDX-License-Identifier: Apache-2.0
// The payload of whole boots: as whom and where it runs, how it is started again, and what it does to PID 1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/json.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::copy;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;

class BootSupervisionTest : public ::testing::Test {
  protected:
    BootSupervisionTest() {
        guest_.config = kQuick;
        guest_.parameters = "ip=off";
    }

    // As kQuick, with a leaf for the payload.
    void use_cgroups() { guest_.config.replace(guest_.config.find("false"), 5, "true"); }
    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    [[nodiscard]] bool payload_makes(const std::string& file) {
        return guest_.comes_to([&] { return !guest_.output(file).empty(); });
    }
    [[nodiscard]] bool logs(const std::string& words) {
        return guest_.comes_to([&] { return guest_.log().find(words) != std::string::npos; });
    }
    [[nodiscard]] std::size_t count_in_log(const std::string& words) const {
        const std::string log = guest_.log();
        std::size_t count = 0;
        for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++count;
        return count;
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

TEST_F(BootSupervisionTest, APayloadHasTheCapabilitiesThatItMayHave) {
    guest_.config += "capabilities = [\"CHOWN\", \"NET_RAW\"]\nno_new_privs = true\n";
    EXPECT_EQ(guest_.run(sh(copy("/proc/self/status", "status"))), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.output("status"),
                AllOf(HasSubstr("CapPrm: 0000000000002001"), HasSubstr("CapEff: 0000000000002001"),
                      HasSubstr("CapBnd: 0000000000002001"), HasSubstr("NoNewPrivs: 1"),
                      HasSubstr("CapInh: 0000000000000000"), HasSubstr("CapAmb: 0000000000000000")));
}

TEST_F(BootSupervisionTest, AUserHasTheCapabilitiesThatAreNamed) {
    guest_.config = "profile = \"none\"\n" + kQuick + "user = \"1000\"\ncapabilities = \"NET_BIND_SERVICE\"\n";
    const std::string status = guest_.path("tmp/status");
    ::chmod(guest_.path("tmp").c_str(), 01777);
    EXPECT_EQ(guest_.run(sh("while IFS= read -r l; do echo $l; done < /proc/self/status > /tmp/status")), SIGINT)
        << guest_.log();
    std::ifstream file(status);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(text, AllOf(HasSubstr("Uid: 1000 1000"), HasSubstr("CapEff: 0000000000000400"),
                            HasSubstr("CapBnd: 0000000000000400"), HasSubstr("CapAmb: 0000000000000400")));
}

TEST_F(BootSupervisionTest, ThePayloadRunsAsItsUser) {
    std::ofstream(guest_.path("etc/passwd")) << "www:x:33:34::/srv:/bin/sh\n";
    std::ofstream(guest_.path("etc/group")) << "video:x:44:www\n";
    guest_.config = "profile = \"none\"\n" + kQuick + "user = \"www\"\ngroups = [\"99\"]\n";
    // /out is root's.
    const std::string status = guest_.path("tmp/status");
    ::chmod(guest_.path("tmp").c_str(), 01777);
    EXPECT_EQ(guest_.run(sh("while IFS= read -r l; do echo $l; done < /proc/self/status > /tmp/status; echo $HOME > "
                            "/tmp/home")),
              SIGINT)
        << guest_.log();
    std::ifstream file(status);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(text,
                AllOf(HasSubstr("Uid: 33 33 33 33\n"), HasSubstr("Gid: 34 34 34 34\n"), HasSubstr("Groups: 44 99"),
                      HasSubstr("CapPrm: 0000000000000000"), HasSubstr("CapEff: 0000000000000000")));
    std::ifstream home(guest_.path("tmp/home"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(home), {}), "/srv\n");
}

TEST_F(BootSupervisionTest, AUserThatIsMissingIsNamed) {
    guest_.config += "user = \"agent\"\n";
    EXPECT_EQ(guest_.run(sh("echo > /out/started")), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("<3>nlinit: payload: run /bin/sh: user 'agent' is not in /etc/passwd"));
    EXPECT_EQ(guest_.output("started"), "");
}

TEST_F(BootSupervisionTest, ATerminalThatIsMissingOrNoneIsNamed) {
    for (const auto& [tty, reason] :
         {std::pair("/dev/hvc7", "No such file or directory"), {"/dev/null", "Inappropriate ioctl for device"}}) {
        test::Guest guest;
        guest.config = kQuick + "tty = \"" + tty + "\"\n";
        guest.parameters = "ip=off";
        EXPECT_EQ(guest.run(sh("echo > /out/started")), SIGINT);
        EXPECT_THAT(guest.log(), HasSubstr("payload: run /bin/sh on terminal " + std::string(tty) + ": " + reason));
        EXPECT_EQ(guest.output("started"), "");
    }
}

TEST_F(BootSupervisionTest, ADirectoryThatIsMissingHasDockersStatus) {
    guest_.config += "cwd = \"/none\"\n";
    guest_.parameters += " nlinit.on_exit=stay";
    boot("exit 0");
    ASSERT_TRUE(logs("run /bin/sh in /none: No such file or directory"));
    guest_.follow("/run/nlinit");
    EXPECT_TRUE(guest_.comes_to([&] {
        const auto json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
        return json && (*json)["payload"].has("exit_status") && (*json)["payload"]["exit_status"].number() == 125;
    })) << guest_.file("/run/nlinit/boot.json");
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootSupervisionTest, RestartsComeEverMoreSlowlyAndAreCounted) {
    guest_.config += "restart = \"on-failure\"\n";
    guest_.parameters += " nlinit.on_exit=stay";
    boot(
        "echo x >> /out/starts; n=0; while read l; do n=$((n+1)); done < /out/starts; [ $n -lt 4 ]  && exit 1; exit 0");
    ASSERT_TRUE(logs("ended with status 0")) << guest_.log();
    for (const char* delay : {"in 100 ms", "in 200 ms", "in 400 ms"})
        EXPECT_EQ(count_in_log("it is started again " + std::string(delay)), 1U);
    guest_.follow("/run/nlinit");
    EXPECT_TRUE(guest_.comes_to([&] {
        const auto json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
        return json && (*json)["payload"].has("exit_status") && (*json)["payload"]["starts"].number() == 4;
    }));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootSupervisionTest, AlwaysMeansAfterASuccessToo) {
    guest_.config += "restart = \"always\"\n";
    boot("[ -e /out/second ] && echo > /out/third; echo > /out/second; exit 0");
    ASSERT_TRUE(payload_makes("third"));
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
}

TEST_F(BootSupervisionTest, APayloadThatAsksNotToBeStartedAgainIsNot) {
    guest_.config += "restart = \"always\"\n";
    EXPECT_EQ(guest_.run(sh("exit 125")), SIGINT);
    EXPECT_EQ(count_in_log("started /bin/sh"), 1U);
}

TEST_F(BootSupervisionTest, ThePayloadDoesNotMeetItsPredecessorsChildren) {
    use_cgroups();
    guest_.config += "restart = \"on-failure\"\n";
    // The child ignores SIGTERM and would outlive its parent.
    boot(
        "if [ -e /out/child ]; then read p < /out/child; kill -0 $p 2>/dev/null && echo met > /out/met; exit 0; fi; "
        "( trap '' TERM; while :; do :; done ) & echo $! > /out/child; exit 1");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("met"), "");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 0"));
}

TEST_F(BootSupervisionTest, WhatThePayloadLeavesBehindIsAskedBeforeItIsKilled) {
    use_cgroups();
    guest_.config += "restart = \"on-failure\"\n";
    boot(
        "[ -e /out/child ] && exit 0; ( trap 'echo term > /out/term; exit' TERM; echo > /out/child; while :; do :; "
        "done ) & while [ ! -e /out/child ]; do :; done; exit 1");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("term"), "term\n");
}

// A test of all signals in one boot: the payload notes each that it gets.
TEST_F(BootSupervisionTest, EverySignalThatMeansNothingToPid1GoesToThePayload) {
    const int forwarded[] = {SIGQUIT, SIGALRM, SIGVTALRM, SIGPROF, SIGWINCH, SIGURG,    SIGCONT,      SIGTSTP, SIGTTIN,
                             SIGTTOU, SIGIO,   SIGXCPU,   SIGXFSZ, SIGPIPE,  SIGSTKFLT, SIGRTMIN + 6, SIGRTMAX};
    std::string traps;
    for (const int number : forwarded)
        traps += "trap 'echo got > /out/s" + std::to_string(number) + "' " + std::to_string(number) + "; ";
    boot(traps + "echo > /out/started; while :; do " + kStay + "; done");
    ASSERT_TRUE(payload_makes("started"));
    for (const int number : forwarded) {
        guest_.signal(number);
        EXPECT_TRUE(payload_makes("s" + std::to_string(number))) << number;
    }
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootSupervisionTest, TwoThousandOrphansAreReaped) {
    boot(
        "i=0; while [ $i -lt 2000 ]; do ( : & ); i=$((i+1)); done; n=0; z=1; while [ $z -ne 0 ] && [ $n -lt 2000 ]; "
        "do z=0; for s in /proc/[0-9]*/stat; do read l < $s && case $l in *') Z '*) z=$((z+1));; esac; done; "
        "n=$((n+1)); done 2>/dev/null; echo $z > /out/zombies; exit 9");
    ASSERT_TRUE(payload_makes("zombies")) << guest_.log();
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("zombies"), "0\n");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 9"));
}

// Children that end keep PID 1 reaping. The VM test has a real bomb.
TEST_F(BootSupervisionTest, APayloadThatForksForEverIsEndedWhenTheMachineIs) {
    use_cgroups();
    boot("trap '' TERM; f() { while :; do ( ( : & ) & ); done; }; f & f & echo > /out/started; f");
    ASSERT_TRUE(payload_makes("started"));
    const auto before = BootClock::now();
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_LT(BootClock::now() - before, 10s);
    EXPECT_THAT(guest_.log(), HasSubstr("signal 12: shutting down"));
}

TEST_F(BootSupervisionTest, APayloadThatClosesItsStandardStreamsRunsOn) {
    boot("exec <&- >&- 2>&-; echo on > /out/on; exit 4");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("on"), "on\n");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 4"));
}

TEST_F(BootSupervisionTest, APayloadThatKillsEverybodyKillsNotPid1) {
    boot("( " + kStay + " ) & ( kill -KILL -1 ) ; echo > /out/alive; read x < /out/never");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("<3>nlinit: payload: /bin/sh ended with status 137: killed by SIGKILL"));
    EXPECT_EQ(guest_.output("alive"), "");
}

TEST_F(BootSupervisionTest, DebugTellsEachStep) {
    guest_.parameters += " nlinit.log=debug";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("mount tmpfs on /run: done in "), HasSubstr("write /etc/hosts: done in "),
                                    HasSubstr("start the network: done in ")));
}

TEST_F(BootSupervisionTest, ADebugShellThatCannotBeStartedHoldsNothingUp) {
    guest_.parameters += " nlinit.debug_shell=/bin/none nlinit.debug_shell=/dev/none";
    boot("echo > /out/started");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("debug: run /bin/none on terminal /dev/none: No such file or directory"));
    EXPECT_EQ(guest_.output("started"), "\n");
}

}  // namespace
}  // namespace nlinit::app
