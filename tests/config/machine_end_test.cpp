// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/machine_end.hpp"

#include <gtest/gtest.h>

namespace nlinit::config {
namespace {

TEST(MachineEnd, IsWhatWasAskedFor) {
    for (const auto asked : {EndAction::poweroff, EndAction::reboot, EndAction::halt, EndAction::stay})
        EXPECT_EQ(machine_end({}, asked, true), asked);
}

TEST(MachineEnd, IsARebootWhereTheMachineCannotBePoweredOff) {
    EXPECT_EQ(machine_end({}, EndAction::poweroff, false), EndAction::reboot);
    EXPECT_EQ(machine_end({}, EndAction::halt, false), EndAction::halt);
}

TEST(MachineEnd, IsWhatIsConfiguredAgainstBetterKnowledge) {
    EXPECT_EQ(machine_end({.poweroff = EndAction::poweroff}, EndAction::poweroff, false), EndAction::poweroff);
    EXPECT_EQ(machine_end({.poweroff = EndAction::reboot}, EndAction::poweroff, true), EndAction::reboot);
    EXPECT_EQ(machine_end({.poweroff = {}, .reboot = EndAction::poweroff}, EndAction::reboot, true),
              EndAction::poweroff);
    EXPECT_EQ(machine_end({.poweroff = {}, .halt = EndAction::poweroff}, EndAction::halt, true), EndAction::poweroff);
}

TEST(MachineEnd, IsOfOneStepOnly) {
    const Shutdown crossed{.poweroff = EndAction::reboot, .reboot = EndAction::poweroff};
    EXPECT_EQ(machine_end(crossed, EndAction::poweroff, true), EndAction::reboot);
    EXPECT_EQ(machine_end(crossed, EndAction::reboot, true), EndAction::poweroff);
}

}  // namespace
}  // namespace nlinit::config
