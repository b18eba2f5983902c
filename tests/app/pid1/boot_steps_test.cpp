// SPDX-License-Identifier: Apache-2.0
// What whole boots make of resolv.conf, hosts and the host name, on roots that are writable and read-only.
#include "app/pid1/boot_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

namespace fs = std::filesystem;
using test::copy;
using test::kArcbox;
using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class BootStepsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        guest_.config = kQuick;
        guest_.parameters = "nlinit.dns=192.0.2.1";
    }
    void image(const std::string& file, const std::string& text) const { std::ofstream(guest_.path(file)) << text; }
    void boot(const std::string& script) { EXPECT_EQ(guest_.run(sh(script)), SIGINT) << guest_.log(); }
    [[nodiscard]] std::string in_image(const std::string& file) const {
        std::ifstream text(guest_.path(file));
        return {std::istreambuf_iterator<char>(text), {}};
    }

    test::Guest guest_;
};

const std::string kShowAll = copy("/etc/resolv.conf", "resolv.conf") + copy("/etc/hosts", "hosts") +
                             copy("/proc/sys/kernel/hostname", "hostname");

TEST_F(BootStepsTest, AReadOnlyImageCanBeWrittenToInMemory) {
    guest_.root_read_only = true;
    image("var/state", "image\n");
    image("etc/motd", "welcome\n");
    image("etc/resolv.conf", "nameserver 10.9.9.9\n");
    boot(
        kShowAll + copy("/var/state", "state") + copy("/etc/motd", "motd") +
        "echo new > /var/state; echo new > /tmp/x; echo new > /etc/x; for d in /var/log /var/tmp /run/lock; do [ -d $d "
        "] && echo $d; done > /out/directories; " +
        copy("/var/state", "written") + "[ -e /etc/x ] && [ -e /tmp/x ] && echo yes > /out/both; echo x > /usr-x");
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.0.2.1\n");
    EXPECT_EQ(guest_.output("state"), "image\n");
    EXPECT_EQ(guest_.output("motd"), "welcome\n");
    EXPECT_EQ(guest_.output("written"), "new\n");
    EXPECT_EQ(guest_.output("both"), "yes\n");
    EXPECT_EQ(guest_.output("directories"), "/var/log\n/var/tmp\n/run/lock\n");
    EXPECT_EQ(in_image("var/state"), "image\n");
    EXPECT_FALSE(fs::exists(guest_.path("usr-x")));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("Read-only")));
}

TEST_F(BootStepsTest, FilesThatAreMountedAreNotWrittenThrough) {
    for (const std::string file : {"resolv.conf", "hosts"}) {
        image("etc/my-" + file, "mine\n");
        guest_.config +=
            "[[mount]]\nsource = \"/etc/my-" + file + "\"\ntarget = \"/etc/" + file + "\"\noptions = \"bind\"\n";
    }
    boot(kShowAll);
    for (const std::string file : {"resolv.conf", "hosts"}) {
        EXPECT_EQ(guest_.output(file), "mine\n") << guest_.log();
        EXPECT_EQ(in_image("etc/my-" + file), "mine\n");
    }
}

TEST_F(BootStepsTest, AWritableRootKeepsWhatIsWrittenToIt) {
    boot("echo kept > /var/state; echo kept > /tmp/state");
    EXPECT_EQ(in_image("var/state"), "kept\n");
    EXPECT_EQ(in_image("tmp/state"), "kept\n");
}

class LinkTest : public BootStepsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(LinkTest, ResolvConfIsWrittenWhereTheLinkLeads) {
    for (const bool read_only : {false, true}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.parameters = "nlinit.dns=192.0.2.1";
        guest.root_read_only = read_only;
        fs::create_symlink(GetParam(), guest.path("etc/resolv.conf"));
        EXPECT_EQ(
            guest.run(sh(copy("/etc/resolv.conf", "resolv.conf") + "[ -L /etc/resolv.conf ] && echo > /out/link")),
            SIGINT);
        EXPECT_EQ(guest.output("resolv.conf"), "nameserver 192.0.2.1\n") << guest.log();
        EXPECT_EQ(guest.output("link"), "\n");
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, LinkTest,
                         ::testing::Values("/run/resolv.conf", "../run/systemd/resolve/stub-resolv.conf",
                                           "/tmp/resolv.conf", "../../../run/connman/resolv.conf"));

class LostLinkTest : public BootStepsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(LostLinkTest, ALinkToWhereNoFileCanBeIsReplaced) {
    for (const bool read_only : {false, true}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.parameters = "nlinit.dns=192.0.2.1";
        guest.root_read_only = read_only;
        for (const char* file : {"etc/resolv.conf", "etc/hosts"}) fs::create_symlink(GetParam(), guest.path(file));
        fs::create_symlink("loop", guest.path("etc/loop"));
        EXPECT_EQ(guest.run(sh(kShowAll)), SIGINT);
        EXPECT_EQ(guest.output("resolv.conf"), "nameserver 192.0.2.1\n") << guest.log();
        EXPECT_THAT(guest.output("hosts"), HasSubstr("localhost\n")) << guest.log();
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, LostLinkTest,
                         ::testing::Values("/proc/net/pnp", "/proc/none/x", "/", "..", "loop", "/bin/sh/x",
                                           "/usr/../run", "/dev/null"));

// Whoever made such a link wanted the file to say nothing, and nobody wanted the device to become a file.
TEST_F(BootStepsTest, ALinkToADeviceIsReplacedAndTheDeviceStays) {
    for (const char* file : {"etc/resolv.conf", "etc/hosts", "etc/hostname", "etc/x"})
        fs::create_symlink("/dev/null", guest_.path(file));
    guest_.config += "[[file]]\npath = \"/etc/x\"\ncontent = \"x\\n\"\n";
    boot(kShowAll + "[ -c /dev/null ] && echo yes > /out/device");
    EXPECT_EQ(guest_.output("device"), "yes\n");
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.0.2.1\n") << guest_.log();
    EXPECT_THAT(guest_.output("hosts"), HasSubstr("localhost\n"));
    EXPECT_THAT(guest_.log(), HasSubstr("write /etc/x: /dev/null is no regular file"));
    EXPECT_THAT(guest_.log(), HasSubstr("read /etc/hostname: /dev/null is no regular file"));
}

TEST_F(BootStepsTest, WithoutAProfileAReadOnlyResolvConfIsCovered) {
    guest_.root_read_only = true;
    guest_.config = "profile = \"none\"\n[system]\nhosts = true\n[[mount]]\ntarget = \"/run\"\ntype = \"tmpfs\"\n";
    image("etc/resolv.conf", "nameserver 10.9.9.9\n");
    image("etc/hosts", "10.0.0.5 db\n");
    boot(kShowAll + copy("/run/nlinit/resolv.conf", "cover"));
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.0.2.1\n") << guest_.log();
    EXPECT_EQ(guest_.output("cover"), "nameserver 192.0.2.1\n");
    EXPECT_THAT(guest_.output("hosts"), AllOf(HasSubstr("10.0.0.5 db\n"), HasSubstr("localhost")));
    EXPECT_EQ(in_image("etc/resolv.conf"), "nameserver 10.9.9.9\n");
}

TEST_F(BootStepsTest, WhatResolvConfSaidIsInTheLog) {
    image("etc/resolv.conf", "nameserver 10.9.9.9\n");
    boot("exit 0");
    EXPECT_THAT(guest_.log(),
                HasSubstr("/etc/resolv.conf said 'nameserver 10.9.9.9 ', and says 'nameserver 192.0.2.1 '"));
}

TEST_F(BootStepsTest, TheImagesHostNameIsTakenAndResolves) {
    image("etc/hostname", "# by hand\nweb-1\n");
    image("etc/hosts", "127.0.0.1 localhost\n10.0.0.5 db\n");
    boot(kShowAll);
    EXPECT_EQ(guest_.output("hostname"), "web-1\n") << guest_.log();
    EXPECT_EQ(guest_.output("hosts"), "127.0.0.1 localhost\n10.0.0.5 db\n127.0.1.1 web-1\n");
}

TEST_F(BootStepsTest, ArcboxReadsTheHostNameBeforeItCoversEtc) {
    guest_.config = kArcbox + kQuick;
    image("etc/hostname", "web-1\n");
    boot(kShowAll);
    EXPECT_EQ(guest_.output("hostname"), "web-1\n") << guest_.log();
    EXPECT_THAT(guest_.output("hosts"), HasSubstr("127.0.1.1 web-1\n"));
}

TEST_F(BootStepsTest, AConfiguredHostNameWinsOverTheImages) {
    image("etc/hostname", "web-1\n");
    guest_.parameters += " hostname=guest";
    boot(kShowAll);
    EXPECT_EQ(guest_.output("hostname"), "guest\n");
}

TEST_F(BootStepsTest, WithoutAnyHostNameThereIsOneThatResolves) {
    for (const auto& [profile, name] : {std::pair{std::string(), "localhost"}, std::pair{kArcbox, "arcbox"}}) {
        test::Guest guest;
        guest.config = profile + kQuick;
        ASSERT_EQ(::sethostname("(none)", 6), 0);  // in the guest's UTS namespace, as the kernel starts init
        EXPECT_EQ(guest.run(sh(kShowAll)), SIGINT);
        EXPECT_EQ(guest.output("hostname"), std::string(name) + '\n') << guest.log();
        EXPECT_THAT(guest.output("hosts"), HasSubstr(name));
    }
}

TEST_F(BootStepsTest, WhatIsNoHostNameIsSaidOnceAndAnotherTaken) {
    image("etc/hostname", "my machine\n");
    ASSERT_EQ(::sethostname("(none)", 6), 0);
    boot(kShowAll);
    EXPECT_EQ(guest_.output("hostname"), "localhost\n");
    EXPECT_THAT(guest_.log(), HasSubstr("/etc/hostname: 'my machine' is no host name"));
}

TEST_F(BootStepsTest, ArcboxOnAWritableRootSaysWhatItHides) {
    constexpr const char* kSentence = "profile arcbox hides /var of a writable root; \"minimal\" keeps them";
    for (const bool read_only : {false, true}) {
        test::Guest guest;
        guest.config = kArcbox + kQuick;
        guest.root_read_only = read_only;
        for (const char* name : {"Users", "arcbox"}) fs::create_directory(guest.path(name));
        EXPECT_EQ(guest.run(sh("exit 0")), SIGINT);
        if (read_only)
            EXPECT_THAT(guest.log(), Not(HasSubstr("hides")));
        else
            EXPECT_THAT(guest.log(), HasSubstr(kSentence));
    }
}

TEST_F(BootStepsTest, ASysctlThatMayFailIsNoWarning) {
    guest_.config.insert(guest_.config.find("cgroup"),
                         "sysctl = { \"-net.ipv4.nothing\" = 1, \"net.ipv4.conf.*.rp_filter\" = 2 }\n");
    boot("read v < /proc/sys/net/ipv4/conf/lo/rp_filter; echo $v > /out/filter");
    EXPECT_EQ(guest_.output("filter"), "2\n");
    EXPECT_THAT(guest_.log(), Not(HasSubstr("nothing")));
}

TEST_F(BootStepsTest, AFileOfTheConfigIsWrittenWhereARootsLinkLeads) {
    fs::create_directory(guest_.path("opt"));
    fs::create_directory_symlink("../opt/app", guest_.path("etc/app"));
    guest_.config += "[[file]]\npath = \"/etc/app/x\"\ncontent = \"x\\n\"\n";
    boot(copy("/opt/app/x", "x"));
    EXPECT_EQ(guest_.output("x"), "x\n") << guest_.log();
}

TEST_F(BootStepsTest, ARelativeLinkIsLookedForFromItsOwnDirectory) {
    guest_.config +=
        "[[symlink]]\npath = \"/srv/a/made\"\ntarget = \"there\"\nif_exists = true\n"
        "[[symlink]]\npath = \"/srv/a/left_out\"\ntarget = \"bin\"\nif_exists = true\n";
    fs::create_directories(guest_.path("srv/a"));
    image("srv/a/there", "x\n");
    boot(copy("/srv/a/made", "made") + "[ -L /srv/a/left_out ] || echo none > /out/left_out");
    EXPECT_EQ(guest_.output("made"), "x\n");
    EXPECT_EQ(guest_.output("left_out"), "none\n");
}

TEST_F(BootStepsTest, ALinkThatLeadsNowhereIsAtItsPathAllTheSame) {
    guest_.config += "[[symlink]]\npath = \"/srv\"\ntarget = \"/x\"\nkeep_existing = true\n";
    fs::create_symlink("/nowhere", guest_.path("srv"));
    boot("exit 0");
    EXPECT_THAT(guest_.log(), Not(HasSubstr("link /srv to /x")));
}

}  // namespace
}  // namespace nlinit::app
