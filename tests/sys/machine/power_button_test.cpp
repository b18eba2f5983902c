// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power_button.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "support/fake_button.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::FakeButton;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class PowerButtonsTest : public ::testing::Test {
  protected:
    PowerButtonsTest() {
        fs::create_directories(dev());
        fs::create_directories(input_class());
    }
    [[nodiscard]] std::string dev() const { return directory_ / "dev"; }
    [[nodiscard]] std::string input_class() const { return directory_ / "class"; }
    FakeButton device(const std::string& name, const std::string& keys = test::kPowerKey) const {
        test::make_fake_button(dev(), input_class(), name, keys);
        return FakeButton(dev() + "/input/" + name);
    }
    void remove(const std::string& name, FakeButton& button) const {
        button.close();
        fs::remove(dev() + "/input/" + name);
        fs::remove_all(input_class() + "/" + name);
    }
    [[nodiscard]] Result<> watch() { return buttons_.watch(); }
    // Level triggered: what is ready now is seen by one turn, and what its callbacks made ready by the next.
    void turn(int times = 3) {
        while (times-- > 0) loop_.poll();
    }

    std::vector<std::string> pressed_;

  private:
    test::TemporaryDirectory directory_;

  protected:
    EventLoop loop_ = *EventLoop::create();
    PowerButtons buttons_{
        loop_,
        [this](const Press& press) {
            pressed_.push_back((press.key == Press::Key::power ? "power " : "restart ") + press.device);
        },
        dev(), input_class()};
};

TEST_F(PowerButtonsTest, ArePressedOnceWhateverElseTheirEventsSay) {
    const auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    button.press(KEY_POWER);
    button.event(EV_KEY, KEY_POWER, 2);
    button.event(EV_KEY, KEY_A, 1);
    button.event(EV_SW, KEY_POWER, 1);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event0"));
}

TEST_F(PowerButtonsTest, AreThoseOfEveryKindOfKey) {
    const auto power = device("event0", test::kKeyboard);
    const auto restart = device("event1", test::kRestartKey);
    const auto second = device("event2", "1000000000 0 0 0 0 0");
    ASSERT_TRUE(watch().ok());
    power.press(KEY_POWER);
    turn();
    restart.press(KEY_RESTART);
    turn();
    second.press(KEY_POWER2);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event0", "restart event1", "power event2"));
}

TEST_F(PowerButtonsTest, AreNotOpenedWithoutSuchAKey) {
    for (const auto& [name, keys] : {std::pair("event0", test::kMouse),
                                     {"event1", "0"},
                                     {"event2", ""},
                                     {"event3", "zzz"},
                                     {"event4", "fffffffffffffffe"},
                                     {"mouse0", test::kPowerKey},
                                     {"input3", test::kPowerKey}})
        static_cast<void>(device(name, keys));
    ASSERT_TRUE(watch().ok());
    EXPECT_EQ(buttons_.count(), 0U);
}

TEST_F(PowerButtonsTest, MayComeLaterAndWithTheDirectory) {
    ASSERT_TRUE(watch().ok());
    EXPECT_EQ(buttons_.count(), 0U);
    const auto first = device("event0");
    turn();
    const auto second = device("event1");
    turn();
    EXPECT_EQ(buttons_.count(), 2U);
    first.press(KEY_POWER);
    turn();
    second.press(KEY_POWER);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event0", "power event1"));
}

// As devtmpfs does it when the last of them is pulled out.
TEST_F(PowerButtonsTest, MayGoWithTheDirectoryAndComeBackUnderTheSameName) {
    auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    remove("event0", button);
    fs::remove(dev() + "/input");
    turn();
    EXPECT_EQ(buttons_.count(), 0U);
    const auto next = device("event0");
    turn();
    next.press(KEY_POWER);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event0"));
}

// The loop may hear of the new file before it hears that the old one is gone.
TEST_F(PowerButtonsTest, MayBeReplacedInOneMoment) {
    auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    remove("event0", button);
    const auto next = device("event0");
    turn();
    next.press(KEY_POWER);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event0"));
    EXPECT_EQ(buttons_.count(), 1U);
}

TEST_F(PowerButtonsTest, DoNotKeepTheLoopBusyWhenTheyAreGone) {
    auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    button.close();  // the names stay
    loop_.poll();
    EXPECT_EQ(buttons_.count(), 0U);
    turn();
    EXPECT_THAT(pressed_, IsEmpty());
}

TEST_F(PowerButtonsTest, LeaveTheLoopItsTurnInAFlood) {
    const auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    unsigned written = 0;
    while (button.event(EV_KEY, KEY_POWER, 1)) ++written;
    unsigned turns = 0;
    while (pressed_.size() < written && turns < written) {
        const auto before = pressed_.size();
        loop_.poll();
        ++turns;
        ASSERT_LE(pressed_.size() - before, 64U);
    }
    EXPECT_EQ(pressed_.size(), written);
}

TEST_F(PowerButtonsTest, AreOnlySoMany) {
    for (std::size_t i = 0; i < PowerButtons::kMostDevices + 5; ++i)
        static_cast<void>(device("event" + std::to_string(i)));
    ASSERT_TRUE(watch().ok());
    EXPECT_EQ(buttons_.count(), PowerButtons::kMostDevices);
}

TEST_F(PowerButtonsTest, ThatCannotBeOpenedDoNotHideOthers) {
    static_cast<void>(device("event0"));
    fs::remove(dev() + "/input/event0");
    fs::create_symlink("/dev/null", dev() + "/input/event0");
    const auto button = device("event1");
    ASSERT_TRUE(watch().ok());
    button.press(KEY_POWER);
    turn();
    EXPECT_THAT(pressed_, ElementsAre("power event1"));
}

TEST_F(PowerButtonsTest, AreNotSpokenForByHalfAnEvent) {
    const auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    button.write("half");
    turn();
    EXPECT_THAT(pressed_, IsEmpty());
    EXPECT_EQ(buttons_.count(), 1U);
}

TEST_F(PowerButtonsTest, AreReadOutsideTheLoopToo) {
    const auto button = device("event0");
    ASSERT_TRUE(watch().ok());
    button.press(KEY_POWER);
    buttons_.read_all();
    EXPECT_THAT(pressed_, ElementsAre("power event0"));
}

TEST_F(PowerButtonsTest, AreNoneInAKernelWithoutInputDevices) {
    fs::remove(input_class());
    const auto watched = watch();
    ASSERT_FALSE(watched.ok());
    EXPECT_EQ(watched.error().code, ENODEV);
}

}  // namespace
}  // namespace nlinit::sys
