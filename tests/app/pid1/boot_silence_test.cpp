// SPDX-License-Identifier: Apache-2.0
// A share that never answers, behind every path that a configuration can have: PID 1 goes on, before, while and after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "boot_network_fixture.hpp"
#include "support/fuse_share.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::kStay;
using test::row;
using ::testing::HasSubstr;
using ::testing::Not;

class BootSilenceTest : public test::BootNetworkFixture {
  protected:
    // The server of the share is no process of the guest, and outlives whatever that does to its own.
    void SetUp() override {
        share_ = test::FuseShare::mount(guest_.path("share"));
        if (!share_) GTEST_SKIP() << "FUSE cannot be mounted here";
        guest_.config += "[shutdown]\ntimeout = \"1s\"\n";
    }
    void link(const std::string& path, const std::string& target) const {
        std::filesystem::create_directories(std::filesystem::path(guest_.path(path)).parent_path());
        ASSERT_EQ(::symlink(target.c_str(), guest_.path(path).c_str()), 0);
    }
    // Of one interface with DHCP, which keeps its lease on the share.
    void keep_lease_on_share() { guest_.config += row("eth0") + "[network.dhcp]\nlease_file = \"/share/in/%i\"\n"; }
    // PID 1 reaps what is left to it: the file is written by an orphan's parent, which waits for nobody.
    [[nodiscard]] bool ends_in_time() {
        const auto before = BootClock::now();
        return end() == SIGINT && BootClock::now() - before < 4s;
    }

    std::unique_ptr<test::FuseShare> share_;
};

TEST_F(BootSilenceTest, BehindALeaseFileKeepsNobodyFromTheNetworkNorFromTheEnd) {
    share_->fall_silent();
    keep_lease_on_share();
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_TRUE(has_lease());
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindALeaseFileKeepsNoCarrierFromBeingFollowed) {
    keep_lease_on_share();
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(has_lease());
    share_->fall_silent();
    server_.grant.address = {192, 0, 2, 60};
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.script = {};
        server.send(server.reply_to(request.message, dhcp::MessageType::nak));
    };
    cable_.unplug();
    ASSERT_TRUE(guest_.comes_to([this] { return !test::link_of("eth0", cable_.client)->carrier; }));
    cable_.plug_in();
    EXPECT_TRUE(comes_to_addresses("eth0", {"192.0.2.60/24 brd 192.0.2.255"})) << guest_.log();
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindTheReportKeepsNoPayloadFromBeingStartedAgain) {
    share_->fall_silent();
    guest_.config.insert(guest_.config.find("[payload]"), "[payload]\nrestart = \"always\"\n");
    guest_.config.erase(guest_.config.rfind("[payload]"), std::string("[payload]\n").size());
    guest_.config.replace(guest_.config.find("[system]\n"), 9, "[system]\nreport = \"/share/in/boot.json\"\n");
    boot("echo x >> /out/starts; [ -s /out/second ] && " + kStay + "; echo > /out/second");
    ASSERT_TRUE(guest_.comes_to([this] { return guest_.output("starts") == "x\nx\n"; })) << guest_.log();
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindPasswdKeepsThePayloadAndNotPid1) {
    link("etc/passwd", "/share/in/passwd");
    guest_.config.insert(guest_.config.find("stop_timeout"), "restart = \"always\"\n");
    boot("( : & ); echo x >> /out/starts; read x < /out/never");
    ASSERT_TRUE(payload_makes("starts")) << guest_.log();
    share_->fall_silent();
    std::ofstream(guest_.inside("/out/never")) << "go on\n";
    ASSERT_TRUE(logs("started /bin/sh as process", 2)) << guest_.log();
    EXPECT_EQ(guest_.output("starts"), "x\n");
    guest_.signal(SIGWINCH);  // one that is the payload's
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindTheConfigKeepsNothingWhenItIsReadAgain) {
    guest_.parameters = "nlinit.config=/share/nlinit.toml nlinit.debug_shell=0";
    guest_.config.clear();
    boot("echo > /out/started; while :; do read x < /out/never; echo $x > /out/answer; done");
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    share_->fall_silent();
    guest_.signal(SIGHUP);
    ASSERT_TRUE(logs("read /share/nlinit.toml: no answer within")) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("the network stays as it is"));
    guest_.signal(SIGHUP);
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindTheConfigBootsTheProfile) {
    share_->fall_silent();
    guest_.parameters = "nlinit.config=/share/nlinit.toml";
    guest_.config.clear();
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("read /share/nlinit.toml: no answer within 5 s; the profile boots"));
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindResolvConfKeepsNoRenewal) {
    link("etc/resolv.conf", "/share/in/resolv.conf");
    guest_.config += row("eth0");
    ASSERT_TRUE(boots()) << guest_.log();
    share_->fall_silent();
    server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 54});
    server_.grant.options.set_address(dhcp::OptionCode::router, {192, 0, 2, 254});
    cable_.unplug();
    ASSERT_TRUE(guest_.comes_to([this] { return !test::link_of("eth0", cable_.client)->carrier; }));
    cable_.plug_in();
    EXPECT_TRUE(guest_.comes_to([this] {
        const auto there = routes();
        return std::ranges::find(there, "default via 192.0.2.254 src 192.0.2.50 proto dhcp") != there.end();
    })) << guest_.log();
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindAHandOffIsSaidAndEndsTheMachine) {
    link("etc/passwd", "/share/in/passwd");
    share_->fall_silent();
    guest_.config.insert(guest_.config.find("stop_timeout"), "handoff = \"exec\"\n");
    boot("echo > /out/started");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("look for /bin/sh: no answer within 5 s"));
    EXPECT_EQ(guest_.output("started"), "");
}

TEST_F(BootSilenceTest, BehindANotificationSocketKeepsNobody) {
    share_->fall_silent();
    guest_.parameters = "nlinit.notify=unix:/share/in/socket";
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

TEST_F(BootSilenceTest, BehindWhatIsBoundIsAskedForOnce) {
    share_->fall_silent();
    for (const char* name : {"a", "b", "c"})
        guest_.config += std::string("[[mount]]\nsource = \"/share/") + name + "\"\ntarget = \"/run/" + name +
                         "\"\noptions = \"bind\"\n";
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("mount /share/b on /run/b: left out, since nobody answers behind /share"));
    EXPECT_THAT(guest_.log(), HasSubstr("mount /share/c on /run/c: left out, since nobody answers behind /share"));
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

// None of them has the label, so that each is asked.
TEST_F(BootSilenceTest, BehindManyDisksCostsOneLimit) {
    share_->fall_silent();
    guest_.leave_behind = [] {
        for (const char* name : {"vda", "vdb", "vdc", "vdd"}) {
            std::filesystem::create_directories(std::string("/sys/class/block/") + name);
            std::filesystem::create_symlink("/share/in", std::string("/dev/") + name);
        }
    };
    guest_.config += "[[mount]]\nsource = \"LABEL=data\"\ntarget = \"/run/data\"\noptional = true\n";
    const auto before = BootClock::now();
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_LT(BootClock::now() - before, 6s) << "and not four times 3 s";
    for (const char* name : {"vda", "vdb", "vdc", "vdd"})
        EXPECT_THAT(guest_.log(), HasSubstr(std::string("/dev/") + name + " does not answer, and is not looked at"));
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

// Every path begins there, also those of the kernel's own filesystems.
TEST_F(BootSilenceTest, BehindTheRootItselfKeepsPid1FromNothing) {
    share_ = test::FuseShare::mount(guest_.path("root"), {"proc", "sys", "dev", "run", "out", "old", "etc"});
    ASSERT_TRUE(share_);
    guest_.below_root = guest_.path("root");
    guest_.config += row("eth0");
    server_.grant.set_times(40, 15, 30);
    boot("exec 3<>/out/never; echo > /out/started; read x <&3");  // which needs no path any more
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    ASSERT_TRUE(has_lease());
    share_->fall_silent();
    server_.grant.options.set_address(dhcp::OptionCode::router, {192, 0, 2, 254});
    cable_.unplug();
    ASSERT_TRUE(guest_.comes_to([this] { return !test::link_of("eth0", cable_.client)->carrier; }));
    cable_.plug_in();
    EXPECT_TRUE(guest_.comes_to([this] {
        const auto there = routes();
        return std::ranges::find(there, "default via 192.0.2.254 src 192.0.2.50 proto dhcp") != there.end();
    })) << guest_.log();
    const auto before = BootClock::now();
    guest_.signal(SIGUSR2);
    EXPECT_TRUE(logs("shutdown: poweroff")) << guest_.log();
    EXPECT_LT(BootClock::now() - before, 4s);
    // A PID namespace, unlike a machine, is not gone before each of its processes is, and one may have asked just
    // before the silence.
    share_.reset();
    EXPECT_EQ(guest_.wait(), SIGINT);
}

struct Row {
    const char* name;
    const char* config;  // of a boot
};

class BootSilenceRowTest : public BootSilenceTest, public ::testing::WithParamInterface<Row> {};

// A step has its limit; then the boot goes on.
TEST_P(BootSilenceRowTest, DelaysABootByItsLimit) {
    link(
        "lib/modules/" +
            [] {
                utsname system{};
                ::uname(&system);
                return std::string(system.release);
            }(),
        "/share/in/modules");
    share_->fall_silent();
    guest_.config += GetParam().config;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("answer"));
    EXPECT_TRUE(ends_in_time()) << guest_.log();
}

INSTANTIATE_TEST_SUITE_P(
    Paths, BootSilenceRowTest,
    ::testing::Values(Row{"MountTarget", "[[mount]]\nsource = \"x\"\ntarget = \"/share/in\"\ntype = \"tmpfs\"\n"},
                      Row{"BindSource", "[[mount]]\nsource = \"/share/in\"\ntarget = \"/tmp\"\noptions = \"bind\"\n"},
                      Row{"LinkTarget",
                          "[[symlink]]\npath = \"/run/link\"\ntarget = \"/share/in\"\nif_exists = true\n"},
                      Row{"File", "[[file]]\npath = \"/share/in/file\"\ncontent = \"x\"\n"},
                      Row{"Directory", "[[directory]]\npath = \"/share/in/directory\"\n"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace nlinit::app
