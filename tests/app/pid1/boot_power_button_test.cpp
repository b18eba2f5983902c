// SPDX-License-Identifier: Apache-2.0
// Presses of the power button, of devices that are none (see fake_button.hpp).
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <ostream>
#include <string>

#include "support/fake_button.hpp"
#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using test::FakeButton;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::HasSubstr;
using ::testing::Not;

class BootPowerButtonTest : public ::testing::Test {
  protected:
    BootPowerButtonTest() {
        guest_.config = "profile = \"none\"\n" + kQuick;
        guest_.parameters = "nlinit.log=debug";
        guest_.has_power_button = true;
    }
    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    [[nodiscard]] bool logs(const std::string& words) {
        return guest_.comes_to([&] { return guest_.log().find(words) != std::string::npos; });
    }
    [[nodiscard]] bool listens(const std::string& name = "event0") {
        return logs("listens to the power button " + name + "\n");
    }
    [[nodiscard]] FakeButton button(const std::string& name = "event0") const {
        return FakeButton(guest_.inside("/dev/input/" + name));
    }
    // A FIFO that nobody reads cannot be opened for writing alone (fifo(7)).
    [[nodiscard]] bool is_open() const {
        const sys::UniqueFd fd(::open(guest_.inside("/dev/input/event0").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        return fd.valid() || errno != ENXIO;
    }
    void one_hour_of_grace() { guest_.config.replace(guest_.config.find("200ms"), 5, "1h"); }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

struct EndByKey {
    const char* word;
    int key;
    int end;  // as waitpid(2) tells of reboot(2) in a PID namespace
};
void PrintTo(const EndByKey& ending, std::ostream* out) {
    *out << ending.word << ' ' << ending.key;
}
class BootPowerButtonEndTest : public BootPowerButtonTest, public ::testing::WithParamInterface<EndByKey> {};

TEST_P(BootPowerButtonEndTest, IsTheConfiguredOne) {
    const auto& [word, key, end] = GetParam();
    if (*word != '\0') guest_.config += std::string("[shutdown]\npower_button = \"") + word + "\"\n";
    boot(kStay);
    ASSERT_TRUE(listens()) << guest_.log();
    button().press(key);
    EXPECT_EQ(guest_.wait(), end) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr(" button event0 was pressed: shutting down, to "));
}

INSTANTIATE_TEST_SUITE_P(Each, BootPowerButtonEndTest,
                         ::testing::Values(EndByKey{"", KEY_POWER, SIGINT}, EndByKey{"poweroff", KEY_POWER, SIGINT},
                                           EndByKey{"reboot", KEY_POWER, SIGHUP}, EndByKey{"halt", KEY_POWER, SIGINT},
                                           EndByKey{"", KEY_RESTART, SIGHUP}, EndByKey{"halt", KEY_RESTART, SIGHUP}));

TEST_F(BootPowerButtonTest, GivesThePayloadItsGraceAndTellsItsStatus) {
    boot("trap 'echo term > /out/term; exit 7' TERM; echo > /out/trapped; ( " + kStay + " ) & wait");
    ASSERT_TRUE(listens());
    ASSERT_TRUE(guest_.comes_to([this] { return !guest_.output("trapped").empty(); }));
    button().press(KEY_POWER);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("term"), "term\n");
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 7"));
}

TEST_F(BootPowerButtonTest, PressedAgainCutsNoGraceShort) {
    one_hour_of_grace();
    boot("trap '' TERM; echo > /out/trapped; while :; do " + kStay + "; done");
    ASSERT_TRUE(listens());
    ASSERT_TRUE(guest_.comes_to([this] { return !guest_.output("trapped").empty(); }));
    const auto pressed = button();
    pressed.press(KEY_POWER);
    ASSERT_TRUE(logs("shutting down, to poweroff"));
    for (int i = 0; i < 3; ++i) pressed.press(KEY_POWER);
    pressed.press(KEY_RESTART);  // of what is asked for the last counts
    ASSERT_TRUE(logs("the restart button event0 was pressed: the end is now to reboot"));
    EXPECT_TRUE(guest_.running());
    EXPECT_THAT(guest_.log(), Not(HasSubstr("did not end")));
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
}

TEST_F(BootPowerButtonTest, IsHeardAlsoOfADeviceThatComesLater) {
    boot(kStay);
    ASSERT_TRUE(listens());
    test::make_fake_button(guest_.inside("/dev"), guest_.inside("/sys/class/input"), "event7", test::kKeyboard);
    ASSERT_TRUE(listens("event7")) << guest_.log();
    button("event7").press(KEY_POWER);
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("the power button event7 was pressed"));
}

TEST_F(BootPowerButtonTest, IsHeardWithoutAPayload) {
    guest_.start(loop_, "");
    ASSERT_TRUE(listens());
    button().press(KEY_POWER);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

TEST_F(BootPowerButtonTest, CanBePressedAgainWhereTheKernelRefused) {
    guest_.may_reboot = false;
    boot(kStay);
    ASSERT_TRUE(listens());
    const auto pressed = button();
    pressed.press(KEY_POWER);
    ASSERT_TRUE(logs("shutdown: poweroff: Operation not permitted; PID 1 stays"));
    pressed.press(KEY_RESTART);
    ASSERT_TRUE(logs("shutdown: reboot: Operation not permitted; PID 1 stays"));
    EXPECT_TRUE(guest_.running());
}

TEST_F(BootPowerButtonTest, IsNotListenedToWhenItIsToBeIgnored) {
    guest_.config += "[shutdown]\npower_button = \"ignore\"\n";
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(guest_.comes_to([&] { return !guest_.output("started").empty(); }));
    guest_.signal(SIGHUP);
    ASSERT_TRUE(logs("no interface is to be changed"))
        << guest_.log();  // by the loop, which comes after all of the boot
    EXPECT_FALSE(is_open());
}

TEST_F(BootPowerButtonTest, IsThePayloadsAfterAHandOff) {
    guest_.parameters += " nlinit.handoff=exec";
    boot("kill -HUP -1; echo > /out/started; while :; do " + kStay + "; done");
    ASSERT_TRUE(guest_.comes_to([&] { return !guest_.output("started").empty(); }));
    ASSERT_TRUE(logs("no interface is to be changed")) << guest_.log();
    EXPECT_FALSE(is_open());
}

}  // namespace
}  // namespace nlinit::app
