// SPDX-License-Identifier: Apache-2.0
// Whole boots of the real program as PID 1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using test::copy;
using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BootTest, ArcboxMakesAReadOnlyImageFitForDocker) {
    test::Guest guest;
    guest.config = test::kArcbox + kQuick;
    const int end =
        guest.run(sh(copy("/proc/self/mountinfo", "mounts") + copy("/etc/resolv.conf", "resolv.conf") +
                     copy("/etc/hosts", "hosts") + copy("/etc/passwd", "passwd") + copy("/etc/group", "group") +
                     "read l < /proc/sys/net/ipv4/ip_forward; echo $l > /out/forward; " +
                     copy("/run/nlinit/boot.json", "boot.json") +
                     "for d in /var/lib/docker /var/run/docker /run/containerd /etc/ssl/certs /Users /var/log; do [ "
                     "-d $d ] && echo $d; done > /out/directories; [ -e /dev/fd/0 ] && echo fd > /out/fd"));
    EXPECT_EQ(end, SIGINT) << guest.log();
    const auto mounts = guest.output("mounts");
    for (const char* mount :
         {" /tmp rw,nosuid,nodev", " /run rw,nosuid,nodev", " /var rw,nosuid,nodev", " /etc rw,nosuid,nodev",
          " /dev/pts rw,nosuid,noexec", " /dev/shm rw,nosuid,nodev,noexec"})
        EXPECT_THAT(mounts, HasSubstr(mount));
    EXPECT_EQ(guest.output("resolv.conf"), "nameserver 192.168.64.1\n");
    EXPECT_THAT(guest.output("hosts"), AllOf(HasSubstr("127.0.0.1"), HasSubstr("::1"), HasSubstr("127.0.1.1")));
    EXPECT_EQ(guest.output("passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n");
    EXPECT_EQ(guest.output("group"), "root:x:0:\ntty:x:5:\nnobody:x:65534:\n");
    EXPECT_EQ(guest.output("forward"), "1\n");
    EXPECT_EQ(guest.output("directories"),
              "/var/lib/docker\n/var/run/docker\n/run/containerd\n/etc/ssl/certs\n/Users\n/var/log\n");
    EXPECT_EQ(guest.output("fd"), "fd\n");
    EXPECT_THAT(guest.output("boot.json"), HasSubstr("mount tmpfs on /etc"));
}

TEST(BootTest, ThePayloadsStatusIsToldAndTheMachineEnds) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run(sh("exit 3")), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("nlinit: payload: /bin/sh ended with status 3"));
}

// As an image unpacked from packages has them, without a link from /lib.
TEST(BootTest, ModulesAreFoundBelowUsrToo) {
    test::Guest guest;
    guest.config = kQuick;
    guest.parameters = "nlinit.modules=nosuch";
    utsname kernel{};
    ::uname(&kernel);
    const std::string directory = std::string("/usr/lib/modules/") + kernel.release;
    std::filesystem::create_directories(guest.path(directory));
    std::ofstream(guest.path(directory + "/modules.dep")) << "kernel/a.ko:\n";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("module nosuch: not in " + directory + "/modules.dep"));
}

TEST(BootTest, ModulesByDeviceNeedAnIndexOnlyWhereSomebodyAsksForThem) {
    for (const std::string parameters : {"nlinit.modules=auto", ""}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.parameters = parameters;
        EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
        const auto told = guest.log().find("load modules by device: there is no modules.alias, which depmod(8) makes");
        EXPECT_EQ(told != std::string::npos, !parameters.empty()) << guest.log();
    }
}

// A namespace's guest may load none, and says of which.
TEST(BootTest, TheDriversOfDevicesAreFoundWithoutAList) {
    test::Guest guest;
    guest.config = kQuick;
    guest.parameters = "nlinit.modules=auto";
    guest.virtio_device = "virtio:d00000001v00001AF4";
    utsname kernel{};
    ::uname(&kernel);
    const std::string directory = std::string("/usr/lib/modules/") + kernel.release;
    std::filesystem::create_directories(guest.path(directory + "/kernel/drivers/net"));
    std::ofstream(guest.path(directory + "/modules.dep"))
        << "kernel/drivers/net/nlinit_none.ko:\nkernel/drivers/net/nlinit_other.ko:\n";
    std::ofstream(guest.path(directory + "/modules.alias"))
        << "alias virtio:d00000001v* nlinit_none\nalias virtio:d00000002v* nlinit_other\n";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("load module nlinit_none: module nlinit_none: it would be the machine's"),
                                   Not(HasSubstr("nlinit_other"))));
}

TEST(BootTest, OnExitMayRebootInstead) {
    test::Guest guest;
    guest.config = kQuick;
    guest.parameters = "nlinit.on_exit=reboot";
    EXPECT_EQ(guest.run(sh("exit 0")), SIGHUP);
}

TEST(BootTest, APayloadThatDoesNotExistIsNamedAndOnExitApplies) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run("/bin/nothing"), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("<3>nlinit: payload: run /bin/nothing: No such file or directory"));
}

TEST(BootTest, AConfigThatIsNoTomlIsReportedAndTheProfileBoots) {
    test::Guest guest;
    guest.config = "profile = \"none\"\n[system\n";
    guest.parameters = "ip=off";
    EXPECT_EQ(guest.run(sh(copy("/proc/self/mountinfo", "mounts"))), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("/etc/nlinit.toml:2:"), HasSubstr("the profile boots")));
    EXPECT_THAT(guest.output("mounts"), AllOf(HasSubstr(" /run "), ::testing::Not(HasSubstr(" /etc "))));
}

TEST(BootTest, AConfigPathThatWouldNeverBeReadToItsEndIsRefused) {
    test::Guest guest;
    ASSERT_EQ(::mkfifo(guest.path("fifo").c_str(), 0600), 0);
    guest.parameters = "nlinit.profile=none nlinit.config=/fifo";
    EXPECT_EQ(guest.run(sh("echo here > /out/here")), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("read /fifo: it is no regular file"));
    EXPECT_EQ(guest.output("here"), "here\n");
}

TEST(BootTest, WithoutAnInterfaceTheBootGoesOn) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run(sh("echo here > /out/here")), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("no network interface fits"));
    EXPECT_EQ(guest.output("here"), "here\n");
}

TEST(BootTest, AReadOnlyEtcCostsTheFilesInItAndNothingElse) {
    test::Guest guest;
    guest.etc_read_only = true;
    guest.parameters = "nlinit.profile=none nlinit.dns=192.0.2.1";
    EXPECT_EQ(guest.run(sh("echo here > /out/here")), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("/etc/resolv.conf"), HasSubstr("Read-only file system")));
    EXPECT_EQ(guest.output("here"), "here\n");
}

TEST(BootTest, WithoutProcTheArgumentsOfInitAreThePayload) {
    test::Guest guest;
    guest.has_proc = false;
    guest.config = "profile = \"none\"\n";
    EXPECT_EQ(guest.run("/bin/sh /out/script"), SIGINT) << guest.log();
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("mount /proc"), HasSubstr("/bin/sh ended with status")));
}

TEST(BootTest, TheImagesOwnRebootAndPoweroffWork) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run(sh("kill -TERM 1; " + test::kStay)), SIGHUP);
    EXPECT_THAT(guest.log(), HasSubstr("shutting down, to reboot"));
}

TEST(BootTest, APayloadThatIgnoresSigtermIsKilledAfterItsGrace) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run(sh("trap '' TERM; kill -USR2 1; while :; do :; done")), SIGINT);
    EXPECT_THAT(guest.log(), HasSubstr("ended with status 137"));
}

TEST(BootTest, APayloadThatFailsIsStartedAgain) {
    test::Guest guest;
    guest.config = kQuick + "restart = \"on-failure\"\n";
    EXPECT_EQ(guest.run(sh("[ -e /out/second ] && exit 0; echo > /out/second; exit 1")), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("ended with status 1"), HasSubstr("ended with status 0")));
}

// PID 1's own children are gone by then, or on their way.
TEST(BootTest, NoProgramButThePayloadIsStarted) {
    test::Guest guest;
    guest.config = kQuick;
    EXPECT_EQ(guest.run(sh("for p in /proc/[0-9]*; do read l < $p/comm && echo $l; done > /out/names")), SIGINT);
    for (std::istringstream names(guest.output("names")); names;) {
        std::string name;
        if (std::getline(names, name)) {
            EXPECT_THAT(name, AnyOf(HasSubstr("nlinit"), HasSubstr("sh"))) << name;
        }
    }
}

}  // namespace
}  // namespace nlinit::app
