// SPDX-License-Identifier: Apache-2.0
// How a whole boot names what it cannot mount, and mounts what it can. Guests here have no disk: the tests of VMs have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using test::copy;
using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kDebug = "log = \"debug\"\nprofile = \"none\"\n";

TEST(BootDevicesTest, ADeviceThatIsNotThereIsNamedWithWhatIs) {
    test::Guest guest;
    guest.config = kDebug + kQuick +
                   "[[mount]]\ntarget = '/data'\nsource = 'LABEL=data'\noptional = true\n"
                   "[[mount]]\ntarget = '/more'\nsource = '/dev/mapper/more'\noptional = true\n"
                   "[[mount]]\ntarget = '/old'\nsource = '254:0'\ntype = 'auto'\noptional = true\n";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
    EXPECT_THAT(
        guest.log(),
        AllOf(HasSubstr("LABEL=data is not there; there is no block device here: is its driver loaded?"),
              HasSubstr("/dev/mapper/more is not there; there is no block device here: only dm-mod.create= makes "
                        "devices of device-mapper here"),
              HasSubstr("254:0 is not there")));
}

TEST(BootDevicesTest, RowsThatAreNotRequiredHaveOneTimeTogether) {
    test::Guest guest;
    guest.config = kDebug + kQuick;
    for (int i = 0; i < 5; ++i)
        guest.config += "[[mount]]\ntarget = '/" + std::to_string(i) + "'\nsource = 'UUID=" + std::to_string(i) + "'\n";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("UUID=0 did not appear within 5 s"), HasSubstr("UUID=1 is not there"),
                                   HasSubstr("UUID=4 is not there")));
}

TEST(BootDevicesTest, AFilesystemThatTheKernelLacksIsNamedWithItsModule) {
    test::Guest guest;
    guest.config = kDebug + kQuick + "[[mount]]\ntarget = '/data'\nsource = 'x'\ntype = 'nosuchfs'\n";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
    EXPECT_THAT(guest.log(),
                AllOf(HasSubstr("mount nosuchfs x on /data: the kernel has no filesystem nosuchfs, and module "
                                "nosuchfs: "),
                      Not(HasSubstr("fs-nosuchfs"))));
}

TEST(BootDevicesTest, TypesAreTriedInTurnForARowToo) {
    test::Guest guest;
    guest.config = kDebug + kQuick + "[[mount]]\ntarget = '/data'\nsource = 'x'\ntype = 'nosuchfs,tmpfs'\n";
    EXPECT_EQ(guest.run(sh(copy("/proc/self/mountinfo", "mounts"))), SIGINT);
    EXPECT_THAT(guest.output("mounts"), HasSubstr(" /data rw,")) << guest.log();
}

TEST(BootDevicesTest, ArcboxPassesOnAllMounts) {
    test::Guest guest;
    guest.config = "profile = \"arcbox\"\n" + kQuick;
    EXPECT_EQ(guest.run(sh(copy("/proc/self/mountinfo", "mounts"))), SIGINT) << guest.log();
    const auto mounts = guest.output("mounts");
    for (const char* target : {" / ", " /run ", " /dev/pts "}) {
        const auto at = mounts.find(target);
        ASSERT_NE(at, std::string::npos) << target;
        EXPECT_THAT(mounts.substr(at, mounts.find('\n', at) - at), HasSubstr("shared:")) << target;
    }
}

TEST(BootDevicesTest, ABindMountFindsWhatItsRowsMake) {
    test::Guest guest;
    guest.config = kDebug + kQuick +
                   "[[mount]]\nsource = '/run/data'\ntarget = '/data'\noptions = 'bind,rslave'\n"
                   "[[directory]]\npath = '/run/data'\n[[file]]\npath = '/run/data/x'\ncontent = 'hello'\n";
    EXPECT_EQ(guest.run(sh(copy("/data/x", "x"))), SIGINT) << guest.log();
    EXPECT_THAT(guest.log(), Not(HasSubstr("is not there")));
    EXPECT_THAT(guest.log(), Not(HasSubstr("bind /run/data")));
}

}  // namespace
}  // namespace nlinit::app
