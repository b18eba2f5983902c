// SPDX-License-Identifier: Apache-2.0
// The end at odd moments, of odd payloads, and where the kernel does not want it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::HasSubstr;
using ::testing::Not;

class BootEndTest : public ::testing::Test {
  protected:
    BootEndTest() { guest_.config = kQuick; }

    void replace(std::string_view old_text, std::string_view new_text) {
        guest_.config.replace(guest_.config.find(old_text), old_text.size(), new_text);
    }
    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    [[nodiscard]] bool payload_makes(const std::string& file) {
        return guest_.comes_to([&] { return !guest_.output(file).empty(); });
    }
    [[nodiscard]] bool logs(const std::string& words, std::size_t times = 1) {
        return guest_.comes_to([&] {
            std::size_t count = 0;
            const auto log = guest_.log();
            for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++count;
            return count >= times;
        });
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

TEST_F(BootEndTest, ComesWhileTheRootIsWaitedFor) {
    guest_.parameters = "root=/dev/nosuch nlinit.nosuch=1";
    boot("echo > /out/started");
    ASSERT_TRUE(logs("unknown parameter"));  // read just before the wait
    guest_.signal(SIGUSR2);
    const auto before = BootClock::now();
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_LT(BootClock::now() - before, 8s);
    EXPECT_THAT(guest_.log(), Not(HasSubstr("did not appear")));
    EXPECT_EQ(guest_.output("started"), "");
}

TEST_F(BootEndTest, ComesWhileTheNetworkIsWaitedFor) {
    replace("link_timeout = \"20ms\"", "link_timeout = \"1h\"\ntimeout = \"1h\"");
    guest_.config += "[[mount]]\ntarget = \"/data\"\ntype = \"nosuchfs\"\n";
    boot("echo > /out/started");
    ASSERT_TRUE(logs("nosuchfs"));  // the plan, which is carried out just before the wait
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
    EXPECT_EQ(guest_.output("started"), "");
}

TEST_F(BootEndTest, ComesWhileThePayloadsRestartIsWaitedFor) {
    guest_.config += "restart = \"always\"\n";
    boot("exit 1");
    ASSERT_TRUE(logs("it is started again", 4));  // the next start is 800 ms away
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), Not(HasSubstr("did not end")));
}

TEST_F(BootEndTest, IsTheOneThatWasAskedForLast) {
    replace("200ms", "1h");
    boot("trap '' TERM; echo > /out/started; while :; do " + kStay + "; done");
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGTERM);
    ASSERT_TRUE(logs("shutting down, to reboot"));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("did not end and is killed"));
}

TEST_F(BootEndTest, IsWhatTheConfigurationMakesOfIt) {
    guest_.config += "[shutdown]\npoweroff = \"reboot\"\n";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGHUP);
    EXPECT_THAT(guest_.log(), HasSubstr("reboot instead of poweroff, as configured"));
}

TEST_F(BootEndTest, IsWhatTheCommandLineMakesOfIt) {
    guest_.parameters = "nlinit.poweroff=reboot";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGHUP);
}

TEST_F(BootEndTest, ThatTheKernelRefusesLeavesPid1AliveAndCanBeAskedForAgain) {
    guest_.may_reboot = false;
    boot("exit 0");
    ASSERT_TRUE(logs("shutdown: poweroff: Operation not permitted; PID 1 stays"));
    EXPECT_TRUE(guest_.running());
    guest_.signal(SIGTERM);
    ASSERT_TRUE(logs("shutdown: reboot: Operation not permitted; PID 1 stays"));
    EXPECT_TRUE(guest_.running());
}

TEST_F(BootEndTest, IsHeardOfByAPayloadThatIsStopped) {
    replace("200ms", "1h");
    boot("trap 'echo term > /out/term; exit 0' TERM; echo > /out/started; kill -STOP $$; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("term"), "term\n");
}

// Three lines of descent that never stand still; each process is gone before it can be looked at.
TEST_F(BootEndTest, ComesToWhatForksForEver) {
    std::ofstream(guest_.path("f")) << "[ -s /out/started ] || echo > /out/started\n/bin/sh /f &\n";
    boot("trap '' TERM; for i in 1 2 3; do /bin/sh /f & done; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("did not end when asked to, and is killed"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("did not even end")));
}

TEST_F(BootEndTest, NamesWhatHadToBeKilled) {
    boot("( trap '' TERM; echo > /out/started; " + kStay + " ) & while [ ! -s /out/started ]; do :; done");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("did not end when asked to, and is killed: sh ("));
}

// Whoever looks at the console sees the name, and not what it makes a terminal do.
TEST_F(BootEndTest, NamesWhatHadToBeKilledAsATerminalMayShowIt) {
    const std::string name = "\xc2\x85\x9b[m\xe2\x80\xae";
    guest_.install("/bin/sh", "/bin/" + name);
    std::ofstream(guest_.path("f")) << "trap '' TERM\necho > /out/started\n" << kStay << '\n';
    boot("/bin/" + name + " /f & while [ ! -s /out/started ]; do :; done");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr(R"(and is killed: \xc2\x85\x9b[m\xe2\x80\xae ()"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("\x9b")));
}

TEST_F(BootEndTest, IsNotForAPayloadToBringAboutByKillingEverybody) {
    boot("kill -KILL -1; kill -TERM -1; echo > /out/survived; " + kStay);
    ASSERT_TRUE(payload_makes("survived"));
    EXPECT_TRUE(guest_.running());
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootEndTest, OfACrashIsTheOneOfThePayloadsEnd) {
    for (const auto& [on_exit, end] : {std::pair("poweroff", SIGINT), {"reboot", SIGHUP}, {"stay", SIGINT}}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.parameters = std::string("nlinit.on_exit=") + on_exit;
        guest.start(loop_, sh("echo > /out/started; " + kStay));
        ASSERT_TRUE(guest.comes_to([&] { return !guest.output("started").empty(); }));
        guest.signal(SIGSEGV);
        EXPECT_EQ(guest.wait(), end) << on_exit;
        EXPECT_THAT(guest.log(), HasSubstr("<2>nlinit: crash: SIGSEGV, sent by process"));
    }
}

}  // namespace
}  // namespace nlinit::app
