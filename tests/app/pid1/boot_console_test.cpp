// SPDX-License-Identifier: Apache-2.0
// What a boot says, and at which priority: what was asked for and did not come is an error, for `quiet` shows errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/json.hpp"

namespace nlinit::app {
namespace {

using test::copy;
using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class BootConsoleTest : public ::testing::Test {
  protected:
    BootConsoleTest() {
        guest_.config = "profile = \"none\"\n" + kQuick;
        guest_.parameters = "ip=off";
    }
    void boot(const std::string& script) { EXPECT_EQ(guest_.run(sh(script)), SIGINT) << guest_.log(); }
    [[nodiscard]] std::size_t count(const std::string& words) const {
        const std::string log = guest_.log();
        std::size_t found = 0;
        for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++found;
        return found;
    }

    test::Guest guest_;
};

TEST_F(BootConsoleTest, AHealthyBootSaysNoError) {
    boot("exit 0");
    EXPECT_THAT(guest_.log(), AllOf(Not(HasSubstr("<3>")), ContainsRegex("<6>nlinit: boot: done in [0-9]+ ms\n"),
                                    HasSubstr("<6>nlinit: payload: /bin/sh ended with status 0\n")));
    EXPECT_EQ(guest_.output("console"), "");
}

TEST_F(BootConsoleTest, EachThingThatDidNotComeIsAnErrorAndInTheReport) {
    guest_.config +=
        "[system.sysctl]\n\"kernel.none\" = 1\n[[mount]]\ntarget = \"/tmp/a\"\ntype = \"nonefs\"\n"
        "[[mount]]\ntarget = \"/tmp/b\"\ntype = \"nonefs\"\noptional = true\n[[file]]\npath = \"/proc/none/x\"\n"
        "content = \"\"\n[colour]\n";
    guest_.parameters += " nlinit.none=1 nlinit.modules=none-such";
    // Until it knows of the payload, which was started last.
    boot(
        "until case $j in *'\"pid\"'*) :;; *) ! :;; esac; do j=; while read -r l; do j=\"$j$l\"; done"
        " < /run/nlinit/boot.json; done 2>/dev/null; " +
        copy("/run/nlinit/boot.json", "boot.json") + "exit 0");
    const std::string log = guest_.log();
    for (const char* what : {"kernel.none", "/tmp/a", "/proc/none/x", "colour", "nlinit.none", "none-such"})
        EXPECT_THAT(log, ContainsRegex("<3>nlinit: [a-z]+: [^\n]*" + std::string(what)));
    EXPECT_THAT(log, Not(HasSubstr("/tmp/b")));
    EXPECT_THAT(log, ContainsRegex("<3>nlinit: boot: done in [0-9]+ ms, 6 failed: see nlinit report\n"));
    const auto json = test::Json::parse(guest_.output("boot.json"));
    ASSERT_TRUE(json) << guest_.output("boot.json");
    EXPECT_EQ((*json)["warnings"].size(), 6U) << guest_.output("boot.json");
}

TEST_F(BootConsoleTest, AConsoleThatShowsNoErrorsIsWrittenToDirectly) {
    guest_.config += "[system.sysctl]\n\"kernel.printk\" = \"1 4 1 7\"\n";
    boot("exit 3");
    EXPECT_THAT(guest_.output("console"), HasSubstr("nlinit: payload: /bin/sh ended with status 3\n"));
    EXPECT_THAT(guest_.output("console"), Not(HasSubstr("<")));
}

TEST_F(BootConsoleTest, DebugIsSeenWithoutASecondWord) {
    guest_.parameters += " nlinit.log=debug";
    boot(copy("/proc/sys/kernel/printk", "levels") + "exit 0");
    EXPECT_THAT(guest_.output("levels"), ::testing::StartsWith("8"));
    // From before the command line was read.
    EXPECT_THAT(guest_.log(), HasSubstr("<7>nlinit: boot: mount /proc: done in"));
}

TEST_F(BootConsoleTest, APayloadThatCannotBeExecutedIsTriedOnce) {
    guest_.config += "restart = \"on-failure\"\n";
    EXPECT_EQ(guest_.run("/bin/nothing"), SIGINT) << guest_.log();
    EXPECT_EQ(count("run /bin/nothing: No such file or directory"), 1U);
    EXPECT_THAT(guest_.log(), ContainsRegex("<3>nlinit: boot: done in [0-9]+ ms, 1 failed"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("started again")));
}

TEST_F(BootConsoleTest, APayloadThatDiesAgainAndAgainIsCounted) {
    guest_.config += "restart = \"on-failure\"\n";
    boot(
        "echo x >> /out/starts; n=0; while read l; do n=$((n+1)); done < /out/starts; [ $n -lt 4 ] && kill -SEGV $$; "
        "exit 0");
    EXPECT_EQ(count("<3>nlinit: payload: /bin/sh ended with status 139: killed by SIGSEGV"), 1U) << guest_.log();
    EXPECT_EQ(count("it is started again"), 3U);
}

TEST_F(BootConsoleTest, ABootThatARequiredStepEndsSaysSo) {
    guest_.config = "profile = \"none\"\non_required_failure = \"poweroff\"\n" + kQuick +
                    "[[mount]]\ntarget = \"/tmp/a\"\ntype = \"nonefs\"\nrequired = true\n";
    boot("exit 0");
    EXPECT_THAT(guest_.log(), ContainsRegex("<3>nlinit: boot: ended early, after [0-9]+ ms, [0-9]+ failed"));
}

}  // namespace
}  // namespace nlinit::app
