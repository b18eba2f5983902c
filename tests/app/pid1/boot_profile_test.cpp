// SPDX-License-Identifier: Apache-2.0
// What whole boots make of the root filesystem, and in what state the payload finds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/json.hpp"

namespace nlinit::app {
namespace {

using test::copy;
using test::kArcbox;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// As kQuick, but with the profile's cgroups.
const std::string kWhole = "[network]\nlink_timeout = \"20ms\"\n[payload]\nstop_timeout = \"200ms\"\n";

class BootProfileTest : public ::testing::Test {
  protected:
    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    void boot_and_stay() {
        boot("echo > /out/started; " + kStay);
        ASSERT_TRUE(guest_.comes_to([this] { return !guest_.output("started").empty(); })) << guest_.log();
    }
    int end() {
        guest_.signal(SIGUSR2);
        return guest_.wait();
    }
    [[nodiscard]] std::string link(const std::string& path) const {
        std::error_code none;
        return std::filesystem::read_symlink(guest_.inside(path), none);
    }
    // What a step of boot.json says: "done", or what went wrong.
    static std::string outcome_of(const test::Json& step) {
        return step.has("error") ? step["outcome"].text() + ": " + step["error"].text() : step["outcome"].text();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

TEST_F(BootProfileTest, EveryStepOfArcboxIsDoneWhereTheHostOffersNoShares) {
    guest_.config = kArcbox + kWhole;
    boot_and_stay();
    guest_.follow("/run/nlinit");
    ASSERT_TRUE(guest_.comes_to([this] {
        const auto report = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
        return report && (*report)["warnings"].size() > 0;
    }));
    const auto json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
    ASSERT_TRUE(json) << guest_.file("/run/nlinit/boot.json");
    EXPECT_EQ((*json)["profile"].text(), "arcbox");
    EXPECT_EQ((*json)["config_file"].text(), "/etc/nlinit.toml");
    ASSERT_EQ((*json)["warnings"].size(), 1U);
    EXPECT_THAT((*json)["warnings"][0].text(), HasSubstr("no network interface fits"));
    const auto& steps = (*json)["steps"];
    EXPECT_GT(steps.size(), 25U);
    double before = (*json)["boot"]["kernel_ms"].number().value_or(1e12);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto name = steps[i]["step"].text();
        const auto outcome = outcome_of(steps[i]);
        const bool is_share = name.find("arcbox") != std::string::npos || name.find("users") != std::string::npos;
        if (is_share || name.find("RCU") != std::string::npos) {
            EXPECT_THAT(outcome, Not(HasSubstr("failed"))) << name;
        } else if (name == "wait for the network") {
            EXPECT_THAT(outcome, HasSubstr("no network interface fits"));
        } else {
            EXPECT_EQ(outcome, "done") << name;
        }
        EXPECT_LE(before, *steps[i]["start_ms"].number()) << name;
        EXPECT_LE(*steps[i]["start_ms"].number(), *steps[i]["end_ms"].number()) << name;
        before = *steps[i]["start_ms"].number();
    }
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, DevicesHaveTheLinksThatProgramsOpen) {
    guest_.config = kQuick;
    boot_and_stay();
    EXPECT_EQ(link("/dev/fd"), "/proc/self/fd");
    EXPECT_EQ(link("/dev/stdin"), "/proc/self/fd/0");
    EXPECT_EQ(link("/dev/stdout"), "/proc/self/fd/1");
    EXPECT_EQ(link("/dev/stderr"), "/proc/self/fd/2");
    EXPECT_EQ(link("/dev/ptmx"), "pts/ptmx");
    EXPECT_TRUE(std::filesystem::is_character_file(guest_.inside("/dev/pts/ptmx")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, CertificatesAreLinkedWhereThereAreAny) {
    guest_.config = kArcbox + kQuick;
    std::filesystem::create_directory(guest_.path("cacerts"));
    std::ofstream(guest_.path("cacerts/ca-certificates.crt")) << "certificates\n";
    boot_and_stay();
    EXPECT_EQ(link("/etc/ssl/certs/ca-certificates.crt"), "/cacerts/ca-certificates.crt");
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, ADirectoryThatIsThereGetsTheModeThatItsRowNames) {
    guest_.config =
        kQuick + "[[directory]]\npath = \"/home/app\"\nmode = \"0700\"\n[[directory]]\npath = \"/home/kept\"\n";
    for (const char* name : {"home/app", "home/kept", "tmp"}) {
        std::filesystem::create_directories(guest_.path(name));
        ASSERT_EQ(::chmod(guest_.path(name).c_str(), name == std::string("tmp") ? 0755 : 0777), 0);
    }
    boot_and_stay();
    const auto mode = [&](const char* path) { return std::filesystem::status(guest_.inside(path)).permissions(); };
    using std::filesystem::perms;
    EXPECT_EQ(mode("/home/app"), perms::owner_all);
    EXPECT_EQ(mode("/home/kept"), perms::all) << "its row names none";
    EXPECT_EQ(mode("/tmp"), perms::all | perms::sticky_bit) << "as the profile has it";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, WithoutCertificatesThereIsNoLink) {
    guest_.config = kArcbox + kQuick;
    boot_and_stay();
    EXPECT_THAT(link("/etc/ssl/certs/ca-certificates.crt"), IsEmpty());
    EXPECT_TRUE(std::filesystem::is_directory(guest_.inside("/etc/ssl/certs")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, InitAndPayloadHaveCgroupsOfTheirOwn) {
    guest_.config = kWhole;
    boot(copy("/proc/1/cgroup", "init") + copy("/proc/self/cgroup", "payload"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.output("init"), HasSubstr("0::/init"));
    EXPECT_THAT(guest_.output("payload"), HasSubstr("0::/payload"));
}

TEST_F(BootProfileTest, ThePayloadStartsWithNoSignalBlockedOrIgnoredInTheRoot) {
    guest_.config = kQuick + "env = { GREETING = \"hello\" }\n";
    boot(copy("/proc/self/status", "status") + "pwd > /out/directory; echo $GREETING $PATH > /out/environment");
    EXPECT_EQ(guest_.wait(), SIGINT);
    // The shell itself blocks and ignores none.
    for (const auto* mask : {"SigBlk", "SigIgn"})
        EXPECT_THAT(guest_.output("status"), ::testing::ContainsRegex(std::string(mask) + ":[ \t]*0000000000000000"));
    EXPECT_EQ(guest_.output("directory"), "/\n");
    EXPECT_THAT(guest_.output("environment"), AllOf(HasSubstr("hello /"), HasSubstr("/sbin")));
}

TEST_F(BootProfileTest, WithoutAProfileTheRootIsLeftAsItIs) {
    guest_.config = "profile = \"none\"\n";
    boot(copy("/proc/self/mountinfo", "mounts") + "[ -e /etc/hosts ] || echo none > /out/hosts");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.output("mounts"), AllOf(Not(HasSubstr(" /run ")), Not(HasSubstr(" /etc "))));
    EXPECT_EQ(guest_.output("hosts"), "none\n");
}

TEST_F(BootProfileTest, MinimalKeepsTheImagesEtc) {
    std::ofstream(guest_.path("etc/motd")) << "welcome\n";
    guest_.config = "profile = \"minimal\"\n" + kQuick;
    boot(copy("/etc/motd", "motd") + copy("/proc/self/mountinfo", "mounts"));
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("motd"), "welcome\n");
    EXPECT_THAT(guest_.output("mounts"), AllOf(HasSubstr(" /run "), Not(HasSubstr(" /tmp ")), Not(HasSubstr(" /etc ")),
                                               Not(HasSubstr(" /var "))));
}

TEST_F(BootProfileTest, ArcboxKeepsTheImagesEtc) {
    const std::string accounts = "root:x:0:0::/root:/bin/bash\ndocker:x:102:102::/:/bin/false\n";
    std::filesystem::create_directory(guest_.path("etc/alternatives"));
    std::filesystem::create_symlink("/usr/sbin/iptables-nft", guest_.path("etc/alternatives/iptables"));
    std::ofstream(guest_.path("etc/passwd")) << accounts;
    guest_.config = kArcbox + kQuick;
    boot_and_stay();
    EXPECT_EQ(link("/etc/alternatives/iptables"), "/usr/sbin/iptables-nft");
    EXPECT_EQ(guest_.file("/etc/passwd"), accounts);
    EXPECT_THAT(guest_.file("/etc/group"), HasSubstr("tty:x:5:")) << "where the image has none";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, WhatIsCopiedUpIsThereAndCanBeWritten) {
    std::ofstream(guest_.path("etc/motd")) << "welcome\n";
    guest_.config = kArcbox + kQuick + "[[mount]]\ntarget = \"/etc\"\ntype = \"tmpfs\"\ncopy_up = true\n";
    boot(copy("/etc/motd", "motd") + "echo new > /etc/motd; " + copy("/etc/passwd", "passwd"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("motd"), "welcome\n");
    EXPECT_THAT(guest_.output("passwd"), HasSubstr("root:x:0:0"));
    std::string in_image;
    std::ifstream image(guest_.path("etc/motd"));
    std::getline(image, in_image);
    EXPECT_EQ(in_image, "welcome") << "the image itself stays as it was";
}

TEST_F(BootProfileTest, RowsOfTheConfigAreCarriedOut) {
    guest_.config = kQuick +
                    "[[file]]\npath = \"/etc/app\"\ncontent = \"a = 1\\n\"\nmode = \"0600\"\n"
                    "[[directory]]\npath = \"/var/lib/app/data\"\nmode = \"0700\"\n"
                    "[[symlink]]\npath = \"/var/app\"\ntarget = \"lib/app\"\n";
    guest_.config.replace(guest_.config.find("cgroup"), 6, "hostname = \"guest7\"\nrlimit = { core = 0 }\ncgroup");
    boot_and_stay();
    EXPECT_EQ(guest_.file("/etc/app"), "a = 1\n");
    EXPECT_EQ(std::filesystem::status(guest_.inside("/etc/app")).permissions(), std::filesystem::perms{0600});
    EXPECT_EQ(std::filesystem::status(guest_.inside("/var/lib/app/data")).permissions(), std::filesystem::perms{0700});
    EXPECT_EQ(link("/var/app"), "lib/app");
    EXPECT_THAT(guest_.file("/etc/hosts"), HasSubstr("guest7"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, FilesAndLinksGetTheDirectoriesThatTheyNeed) {
    guest_.config = kQuick +
                    "[[file]]\npath = \"/etc/docker/daemon.json\"\ncontent = \"{}\"\n"
                    "[[symlink]]\npath = \"/var/lib/app/config\"\ntarget = \"/etc/docker\"\n";
    boot_and_stay();
    EXPECT_EQ(guest_.file("/etc/docker/daemon.json"), "{}") << guest_.log();
    EXPECT_EQ(link("/var/lib/app/config"), "/etc/docker");
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, AMisspeltKeyIsNamedWithItsPlaceAndCostsNothingElse) {
    guest_.config = kQuick + "[[file]]\npath = \"/etc/app\"\ncontent = \"x\"\nmodus = \"0600\"\n";
    boot_and_stay();
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("/etc/nlinit.toml:"), HasSubstr("modus")));
    EXPECT_EQ(guest_.file("/etc/app"), "x");
    const auto json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
    ASSERT_TRUE(json);
    EXPECT_THAT((*json)["warnings"][0].text(), HasSubstr("modus"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootProfileTest, AnUnknownParameterIsNamed) {
    guest_.config = kQuick;
    guest_.parameters = "nlinit.colour=red nlinit.profile=fancy quiet";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("nlinit.colour"), HasSubstr("fancy"), Not(HasSubstr("quiet"))));
}

TEST_F(BootProfileTest, AnotherConfigCanBeNamed) {
    std::ofstream(guest_.path("etc/other.toml")) << kQuick << "command = [\"/bin/sh\", \"-c\", \"exit 9\"]\n";
    guest_.parameters = "nlinit.config=/etc/other.toml";
    guest_.start(loop_, "");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 9"));
}

TEST_F(BootProfileTest, AConfigThatIsNamedAndMissingIsReported) {
    guest_.parameters = "ip=off nlinit.config=/etc/missing.toml";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("/etc/missing.toml: No such file or directory"));
}

}  // namespace
}  // namespace nlinit::app
