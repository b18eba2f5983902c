#include "nlinit/sys/power_off_support.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

#if defined(__x86_64__)

class CanPowerOffTest : public ::testing::Test {
  protected:
    void table(const std::string& name, const std::string& content) const {
        std::ofstream(directory_ / name, std::ios::binary) << content;
    }
    // flags, and where the sleep control register is.
    void fixed_table(bool hardware_reduced, char sleep_control) const {
        std::string content(268, '\0');
        if (hardware_reduced) content[114] = 0x10;
        content[248] = sleep_control;
        table("FACP", content);
    }
    [[nodiscard]] bool can() const { return can_power_off(directory_.path()); }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(CanPowerOffTest, NotWithoutAcpi) {
    EXPECT_FALSE(can());
}

TEST_F(CanPowerOffTest, WhenItsTablesSayHow) {
    fixed_table(false, 0);
    table("DSDT", std::string("DSDT\0\0\x08_S5_\x12\x06", 14));
    EXPECT_TRUE(can());
}

TEST_F(CanPowerOffTest, AlsoWhenASecondaryTableDoes) {
    fixed_table(false, 0);
    table("DSDT", "DSDT _S3_");
    table("SSDT1", "SSDT");
    table("SSDT2", "SSDT _S5_");
    EXPECT_TRUE(can());
}

// Firecracker's tables.
TEST_F(CanPowerOffTest, NotWhenTheyDescribeDevicesOnly) {
    fixed_table(true, 0);
    table("DSDT", "DSDT _SB_ LNRO0005");
    EXPECT_FALSE(can());
}

TEST_F(CanPowerOffTest, NotWithoutTheRegisterOfAMachineWithReducedHardware) {
    table("DSDT", "DSDT _S5_");
    fixed_table(true, 0);
    EXPECT_FALSE(can());
    fixed_table(true, 0x3c);
    EXPECT_TRUE(can());
}

#else

TEST(CanPowerOff, IsNoQuestionHere) {
    EXPECT_TRUE(can_power_off("/nowhere"));
}

#endif

}  // namespace
}  // namespace nlinit::sys
