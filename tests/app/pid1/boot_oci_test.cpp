// SPDX-License-Identifier: Apache-2.0
// Payloads as a container image, a runtime bundle or a file of variables describes them.
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
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What /proc says of the process that it is, and its environment.
const std::string kTell =
    "exec > /drop/told; echo cwd $(pwd) home $HOME level $LEVEL text $TEXT late $LATE umask $(umask) "
    "nofile $(ulimit -S -n) $(ulimit -H -n) args $0 $1; read s < /proc/self/oom_score_adj; echo oom $s; "
    "while read l; do echo $l; done < /proc/self/status; read n < /proc/sys/kernel/hostname; read t < "
    "/proc/sys/net/ipv4/ip_default_ttl; echo host $n ttl $t";

std::string in_json(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
    return quoted + '"';
}

class BootOciTest : public ::testing::Test {
  protected:
    void SetUp() override {
        guest_.config = kQuick + "oci = \"/config.json\"\n";
        for (const char* name : {"drop", "srv"}) fs::create_directory(path(name));
        ASSERT_EQ(::chmod(path("drop").c_str(), 0777), 0);
        write("etc/passwd", "root:x:0:0::/root:\nnobody:x:65534:65533::/home/nobody:\n");
        write("etc/group", "root:x:0:\nmedia:x:44:root,nobody\nothers:x:45:www\nplugdev:x:46:nobody\n");
    }
    [[nodiscard]] std::string path(const std::string& name) const { return guest_.path(name); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
    void describe(const std::string& more) const {
        write("config.json", "{\"config\": {\"Entrypoint\": [\"/bin/sh\", \"-c\", " + in_json(kTell) +
                                 "], \"Cmd\": [\"serve\", \"two words\"]" + more + "}}");
    }
    void describe_bundle(const std::string& more) const {
        write("config.json",
              R"({"ociVersion": "1.0.0", "process": {"args": ["/bin/sh", "-c", )" + in_json(kTell) + "]" + more);
    }
    [[nodiscard]] std::string told() const {
        std::ifstream text(path("drop/told"));
        return {std::istreambuf_iterator<char>(text), {}};
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

TEST_F(BootOciTest, AnImagesPayloadRunsAsItsUserWithItsEnvironmentDirectoryAndGroups) {
    describe(R"(, "User": "nobody", "Env": ["LEVEL=3", "TEXT=a  b"], "WorkingDir": "/srv/made/here",
                  "ExposedPorts": {"80/tcp": {}}, "Healthcheck": {"Test": ["NONE"]})");
    EXPECT_EQ(guest_.run(""), SIGINT) << guest_.log();
    EXPECT_THAT(told(), AllOf(HasSubstr("cwd /srv/made/here home /home/nobody level 3 text a b late umask 0022"),
                              HasSubstr("args serve two words"), HasSubstr("Uid: 65534 65534"),
                              HasSubstr("Gid: 65533 "), HasSubstr("Groups: 44 46")))
        << guest_.log();
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("/config.json: not obeyed: /config/Healthcheck"),
                                    HasSubstr("asks for nothing: /config/ExposedPorts")));
}

TEST_F(BootOciTest, ANumberNeedsNoAccount) {
    describe(R"(, "User": "65000:7", "WorkingDir": "drop")");
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_THAT(told(), AllOf(HasSubstr("cwd /drop home / "), HasSubstr("Uid: 65000 "), HasSubstr("Gid: 7 ")))
        << guest_.log();
}

TEST_F(BootOciTest, ABundlesPayloadHasItsLimitsAndTheMachineItsName) {
    describe_bundle(R"(, "user": {"uid": 65534, "gid": 5, "umask": 63, "additionalGids": [6, 7]}, "cwd": "/srv",
        "env": ["LEVEL=4"], "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 77, "hard": 99}], "noNewPrivileges": true,
        "oomScoreAdj": 321, "capabilities": {"bounding": ["CAP_KILL", "CAP_NET_ADMIN"], "ambient": ["CAP_NET_ADMIN"]}},
        "hostname": "from-bundle", "linux": {"sysctl": {"net.ipv4.ip_default_ttl": "9"}}})");
    guest_.config = kQuick + "oci = \"/config.json\"\n";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_THAT(told(), AllOf(HasSubstr("cwd /srv home /home/nobody level 4"), HasSubstr("umask 0077 nofile 77 99"),
                              HasSubstr("oom 321"), HasSubstr("Groups: 6 7"), HasSubstr("NoNewPrivs: 1"),
                              HasSubstr("CapEff: 0000000000001000"), HasSubstr("CapBnd: 0000000000001020"),
                              HasSubstr("host from-bundle ttl 9")))
        << guest_.log();
}

TEST_F(BootOciTest, ABundlesSysctlIsSetWhereTheProfileHasAnother) {
    write("config.json", R"({"ociVersion": "1.0.0", "process": {"args": ["/bin/sh", "-c",
        "read f < /proc/sys/net/ipv4/ip_forward; echo $f > /drop/told"]},
        "linux": {"sysctl": {"net.ipv4.ip_forward": "0"}}})");
    guest_.config = test::kArcbox + kQuick + "oci = \"/config.json\"\n";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_EQ(told(), "0\n") << guest_.log();
}

TEST_F(BootOciTest, WhatFileAndCommandLineSayWins) {
    describe(R"(, "User": "nobody", "Env": ["LEVEL=3", "TEXT=image", "LATE=image"])");
    write("one", "TEXT=one\nLATE=one\n");
    write("two", "# of the second file\nLATE=two\nbroken\n");
    guest_.config += "env_file = [\"/one\", \"/two\"]\nenv = { LEVEL = 9 }\nuser = \"65000:1\"\n";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_THAT(told(), AllOf(HasSubstr("level 9 text one late two"), HasSubstr("Uid: 65000 "))) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("/two:3: 'broken': there is no '=' in it"));
}

TEST_F(BootOciTest, WordsOfTheCommandLineAreTheWholeCommand) {
    describe("");
    EXPECT_EQ(guest_.run(test::sh("echo other > /drop/told")), SIGINT);
    EXPECT_EQ(told(), "other\n") << guest_.log();
}

TEST_F(BootOciTest, TheFileIsReadWhenItsMountIsThere) {
    describe("");
    fs::create_directory(path("srv/image"));
    fs::create_directory(path("mnt"));
    fs::rename(path("config.json"), path("srv/image/config.json"));
    guest_.config = "[[mount]]\nsource = \"/srv/image\"\ntarget = \"/mnt\"\noptions = \"bind\"\n" + kQuick;
    guest_.parameters = "nlinit.oci=/mnt/config.json";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_THAT(told(), HasSubstr("args serve two words")) << guest_.log();
}

TEST_F(BootOciTest, PID1BecomesThePayloadOfAnImage) {
    describe(R"(, "User": "nobody", "WorkingDir": "/srv/made", "Env": ["LEVEL=5"])");
    guest_.config += "handoff = \"exec\"\numask = \"0077\"\noom_score_adj = 5\n";
    guest_.run("");
    EXPECT_THAT(told(), AllOf(HasSubstr("cwd /srv/made home /home/nobody level 5"), HasSubstr("umask 0077"),
                              HasSubstr("oom 5"), HasSubstr("Uid: 65534 ")))
        << guest_.log();
}

TEST_F(BootOciTest, CapabilitiesThatAHandOffDoesNotTakeAreNamed) {
    describe_bundle(R"(, "capabilities": {"bounding": ["CAP_KILL"]}}})");
    guest_.config += "handoff = \"exec\"\n";
    guest_.run("");
    EXPECT_THAT(guest_.log(), HasSubstr("payload.capabilities is not obeyed with handoff = \"exec\""));
}

TEST_F(BootOciTest, ThePayloadIsAskedToEndByItsOwnSignal) {
    write("config.json", R"({"config": {"Cmd": ["/bin/sh", "-c",
        "trap 'echo quit > /out/told; exit 0' QUIT; trap 'echo term > /out/told; exit 0' TERM; echo > /out/ready; while :; do read x < /out/never; done"],
        "StopSignal": "QUIT"}})");

    guest_.start(loop_, "");
    ASSERT_TRUE(guest_.comes_to([&] { return !guest_.output("ready").empty(); })) << guest_.log();
    guest_.signal(SIGTERM);
    EXPECT_EQ(guest_.wait(), SIGHUP);
    EXPECT_EQ(guest_.output("told"), "quit\n") << guest_.log();
}

// It may say who the payload is to be: no payload is better than one of root's.
TEST_F(BootOciTest, WithoutTheFileThePayloadIsNotStarted) {
    guest_.config += "command = [\"/bin/sh\", \"-c\", \"echo here > /drop/told\"]\nrestart = \"always\"\n";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_EQ(told(), "");
    EXPECT_THAT(guest_.log(), Not(HasSubstr("ready after")));
    EXPECT_THAT(guest_.log(), HasSubstr("read /config.json: No such file or directory"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("it is started again")));
}

TEST_F(BootOciTest, AUserThatTheImageDoesNotHaveIsNamed) {
    describe(R"(, "User": "nobody:nogroup")");
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_EQ(told(), "");
    EXPECT_THAT(guest_.log(), HasSubstr("run /bin/sh: group 'nogroup' is not in /etc/group"));
}

TEST_F(BootOciTest, AFileOfAUsersMakesNobodyRoot) {
    describe("");
    ASSERT_EQ(::chown(path("config.json").c_str(), 65534, 65534), 0);
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_EQ(told(), "");
    EXPECT_THAT(guest_.log(), HasSubstr("/config.json: \"config.json\" belongs to user 65534"));
}

TEST_F(BootOciTest, ALinkOfAUsersIsNotFollowed) {
    describe("");
    fs::rename(path("config.json"), path("srv/config.json"));
    fs::create_symlink("/srv/config.json", path("drop/config.json"));
    ASSERT_EQ(::lchown(path("drop/config.json").c_str(), 65534, 65534), 0);
    ASSERT_EQ(::chmod(path("drop").c_str(), 01777), 0);
    guest_.parameters = "nlinit.oci=/drop/config.json";
    EXPECT_EQ(guest_.run(""), SIGINT);
    EXPECT_EQ(told(), "");
    EXPECT_THAT(guest_.log(), HasSubstr("is a link of user 65534's"));
}

TEST_F(BootOciTest, WhatIsNoDescriptionIsSaidAndNothingRuns) {
    for (const auto& [text, sentence] : {std::pair<std::string, std::string>{"{", "/config.json is no JSON: byte 1"},
                                         {std::string(10 << 20, ' '), "/config.json is longer than 1 MiB"},
                                         {R"({"config": {"Cmd": []}})", "/config.json: neither an entrypoint nor"}}) {
        test::Guest guest;
        guest.config = guest_.config;
        std::ofstream(guest.path("config.json")) << text;
        EXPECT_EQ(guest.run(""), SIGINT);
        EXPECT_THAT(guest.log(), AllOf(HasSubstr(sentence), Not(HasSubstr("ready after"))));
    }
}

}  // namespace
}  // namespace nlinit::app
