// SPDX-License-Identifier: Apache-2.0
// What a boot makes of the files that the payload of the boot before may have left: links to /etc for every kind of
// row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
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
using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kAsWww = "user = \"www\"\n";

class BootPathsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        guest_.config = kQuick + kAsWww;
        guest_.parameters = "nlinit.dns=192.0.2.1";
        for (const char* name : {"home", "home/www", "home/www/app", "srv", "drop"}) fs::create_directory(path(name));
        ASSERT_EQ(::chmod(path("drop").c_str(), 0777), 0);
        for (const char* name : {"home/www", "home/www/app"}) give(name);
        std::ofstream(path("etc/passwd")) << kPasswd;
        std::ofstream(path("etc/group")) << "root:x:0:\nwww:x:1000:\n";
    }
    [[nodiscard]] std::string path(const std::string& name) const { return guest_.path(name); }
    void give(const std::string& name) const { ASSERT_EQ(::lchown(path(name).c_str(), 1000, 1000), 0) << name; }
    void give_link(const std::string& name, const std::string& target) const {
        fs::create_symlink(target, path(name));
        give(name);
    }
    [[nodiscard]] std::string content(const std::string& file) const {
        std::ifstream text(path(file));
        return {std::istreambuf_iterator<char>(text), {}};
    }
    // By a payload that tells who it is.
    void boot() {
        EXPECT_EQ(guest_.run(sh("while read k v w; do [ $k = Uid: ] && echo $v > /drop/uid; done < "
                                "/proc/self/status; exit 0")),
                  SIGINT)
            << guest_.log();
    }

    inline static const std::string kPasswd = "root:x:0:0::/:\nwww:x:1000:1000::/:\n";
    test::Guest guest_;
};

const std::string kRows =
    "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/home/www/app/data\"\ntype = \"tmpfs\"\n"
    "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/home/www/copied\"\ntype = \"tmpfs\"\ncopy_up = true\n"
    "[[mount]]\nsource = \"/home/www/source\"\ntarget = \"/srv/bound\"\noptions = \"bind\"\n"
    "[[file]]\npath = \"/home/www/file/new\"\ncontent = \"x\"\n"
    "[[file]]\npath = \"/home/www/plain\"\ncontent = \"www:x:0:0::/:\"\n"
    "[[directory]]\npath = \"/home/www/directory/new\"\nmode = \"0777\"\n"
    "[[symlink]]\npath = \"/home/www/link/new\"\ntarget = \"/x\"\n";

TEST_F(BootPathsTest, NoRowFollowsALinkOfAUsersAndThePayloadStaysThatUser) {
    guest_.config =
        "[system]\nreport = \"/home/www/report/boot.json\"\n" + kQuick.substr(kQuick.find('\n') + 1) + kAsWww + kRows;
    give_link("home/www/app/data", "/etc");
    for (const char* name : {"copied", "source", "file", "directory", "link", "report"})
        give_link(std::string("home/www/") + name, "../../etc");
    give_link("home/www/plain", "/etc/passwd");
    boot();
    constexpr const char* kWhy = ": \"www\" belongs to user 1000, who could lead root astray: nothing is ";
    const std::string log = guest_.log();
    for (const char* said : {"/home/www/app/data|mounted", "/home/www/copied|mounted", "/home/www/source|bound",
                             "/home/www/file/new|written", "/home/www/plain|written", "/home/www/directory/new|made",
                             "/home/www/link/new|made", "/home/www/report/boot.json|written"}) {
        const std::string both = said;
        const auto bar = both.find('|');
        EXPECT_THAT(log, HasSubstr(both.substr(0, bar) + kWhy + both.substr(bar + 1) + " below it"));
    }
    EXPECT_EQ(content("etc/passwd"), kPasswd);
    for (const char* name : {"etc/new", "etc/boot.json", "srv/bound/passwd"}) EXPECT_FALSE(fs::exists(path(name)));
    EXPECT_EQ(content("drop/uid"), "1000\n") << log;
}

TEST_F(BootPathsTest, ResolvConfAndHostsComeToBeFilesWhereALinkLeadsToAUser) {
    fs::create_symlink("/home/www/hosts", path("etc/hosts"));
    fs::create_symlink("../home/www/way/conf", path("etc/resolv.conf"));
    give_link("home/www/hosts", "/etc/passwd");
    give_link("home/www/way", "/etc");
    boot();
    EXPECT_EQ(content("etc/passwd"), kPasswd);
    EXPECT_FALSE(fs::exists(path("etc/conf")));
    EXPECT_EQ(content("etc/resolv.conf"), "nameserver 192.0.2.1\n") << guest_.log();
    EXPECT_THAT(content("etc/hosts"), AllOf(HasSubstr("localhost"), Not(HasSubstr("www"))));
    EXPECT_EQ(content("drop/uid"), "1000\n");
}

TEST_F(BootPathsTest, APasswdThatAnotherMayWriteToMakesNobodyRoot) {
    std::ofstream(path("etc/passwd")) << "root:x:0:0::/:\nwww:x:0:0::/:\n";
    give("etc/passwd");
    guest_.run(sh("echo here > /drop/here"));
    EXPECT_FALSE(fs::exists(path("drop/here")));
    EXPECT_THAT(guest_.log(),
                HasSubstr("/etc/passwd: \"passwd\" belongs to user 1000, who could lead root astray: it is not read"));
}

TEST_F(BootPathsTest, AShellThatBelongsToAnotherIsNoDebugShell) {
    fs::copy_file("/bin/sh", path("srv/sh"));
    give("srv/sh");
    guest_.parameters = "nlinit.debug_shell=/srv/sh";
    boot();
    EXPECT_THAT(guest_.log(),
                HasSubstr("/srv/sh: \"sh\" belongs to user 1000, who could lead root astray: it is not run"));
}

TEST_F(BootPathsTest, NorIsOneBelowADirectoryOfAnothers) {
    fs::copy_file("/bin/sh", path("home/www/sh"));
    guest_.parameters = "nlinit.debug_shell=/home/www/sh";
    boot();
    EXPECT_THAT(guest_.log(), HasSubstr("/home/www/sh: \"www\" belongs to user 1000, who could lead root astray: "
                                        "nothing is run below it"));
}

TEST_F(BootPathsTest, WhatIsRootsOwnGoesOnWorking) {
    guest_.config +=
        "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/home/www\"\ntype = \"tmpfs\"\noptions = \"mode=0700\"\n"
        "[[directory]]\npath = \"/var/run/app/deep\"\n[[file]]\npath = \"/opt/app/x\"\ncontent = \"x\"\n";
    fs::create_symlink("../run", path("var/run"));
    fs::create_directory(path("usr"));
    fs::create_symlink("/usr", path("opt"));
    EXPECT_EQ(guest_.run(sh("[ -d /run/app/deep ] && echo yes > /drop/directory; while read d p r; do [ $p = "
                            "/home/www ] && echo $d > /drop/mounted; done < /proc/mounts; exit 0")),
              SIGINT);
    EXPECT_EQ(content("drop/directory"), "yes\n") << guest_.log();
    EXPECT_EQ(content("drop/mounted"), "tmpfs\n");
    EXPECT_EQ(content("usr/app/x"), "x");
}

TEST_F(BootPathsTest, TheKernelsProtectionOfStickyDirectoriesIsRaisedAndNeverLowered) {
    for (const std::string before : {"0", "1", "2"}) {
        test::Guest guest;
        guest.config = kQuick;
        guest.protection = before;
        EXPECT_EQ(guest.run(sh("for f in symlinks hardlinks regular fifos; do read v < /proc/sys/fs/protected_$f; echo "
                               "$v; done > /out/protection")),
                  SIGINT);
        const std::string after = before == "0" ? "1\n" : before + '\n';
        EXPECT_EQ(guest.output("protection"), after + after + after + after) << guest.log();
    }
}

TEST_F(BootPathsTest, WhoeverSetsAProtectionHasIt) {
    guest_.config = "[system]\nsysctl = { \"fs.protected_regular\" = 0 }\n" + kQuick.substr(kQuick.find('\n') + 1);
    EXPECT_EQ(guest_.run(sh("read v < /proc/sys/fs/protected_regular; echo $v > /out/protection")), SIGINT);
    EXPECT_EQ(guest_.output("protection"), "0\n");
}

}  // namespace
}  // namespace nlinit::app
