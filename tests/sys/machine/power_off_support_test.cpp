// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power_off_support.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "nlinit/sys/process/pid_namespace.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

#if defined(__x86_64__)

class CanPowerOffTest : public ::testing::Test {
  protected:
    CanPowerOffTest() { std::filesystem::create_directories(root_ / "sys/kernel"); }
    void file(const std::string& name, const std::string& content) const {
        std::filesystem::create_directories(std::filesystem::path(root_ / name).parent_path());
        std::ofstream(root_ / name, std::ios::binary) << content;
    }
    void table(const std::string& name, const std::string& content) const {
        file("sys/firmware/acpi/tables/" + name, content);
    }
    // flags, and where the sleep control register is.
    void fixed_table(bool hardware_reduced, char sleep_control) const {
        std::string content(268, '\0');
        if (hardware_reduced) content[114] = 0x10;
        content[248] = sleep_control;
        table("FACP", content);
    }
    [[nodiscard]] bool can() const { return can_power_off(root_.path()); }

  private:
    test::TemporaryDirectory root_;
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

// Then the kernel asks EFI, if there are tables at all: with acpi=off it does not.
TEST_F(CanPowerOffTest, WhereEfiDoesItInPlaceOfAcpi) {
    file("sys/firmware/efi/runtime", "0x1f");
    EXPECT_FALSE(can());
    table("DSDT", "DSDT _SB_");
    fixed_table(true, 0);
    EXPECT_TRUE(can());
}

TEST_F(CanPowerOffTest, InUserModeLinux) {
    file("proc/exitcode", "0\n");
    file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n");
    EXPECT_FALSE(can());
    file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: User Mode Linux\nmodel name\t: UML\n");
    EXPECT_TRUE(can());
}

TEST_F(CanPowerOffTest, AsAGuestOfXen) {
    file("sys/hypervisor/type", "xen\n");
    EXPECT_TRUE(can());
}

// Whatever the machine around has: the kernel ends its init by SIGINT (pid_namespaces(7)).
TEST_F(CanPowerOffTest, InAContainer) {
    test::enter_own_mount_namespace();
    const int status = test::run_as_pid_1([] {
        if (is_in_first_pid_namespace()) return 3;  // it was asked for before
        if (::mount("tmpfs", "/sys/firmware", "tmpfs", 0, nullptr) != 0) return 2;
        return can_power_off() ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(CanPowerOffTest, WhereNothingIsKnown) {
    EXPECT_TRUE(can_power_off("/nowhere"));
}

#else

TEST(CanPowerOff, IsNoQuestionHere) {
    EXPECT_TRUE(can_power_off("/nowhere"));
}

#endif

}  // namespace
}  // namespace nlinit::sys
