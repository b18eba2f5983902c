// SPDX-License-Identifier: Apache-2.0
// PID 1 that becomes the payload, and the child of it that keeps the network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "net/router_options.hpp"
#include "support/cable.hpp"
#include "support/dhcp6_server.hpp"
#include "support/dhcp_server.hpp"
#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/ipv6_sysctl.hpp"
#include "support/json.hpp"
#include "support/kernel_view.hpp"
#include "support/router.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::copy;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BootHandoffTest : public ::testing::Test {
  protected:
    BootHandoffTest() {
        guest_.network = &cable_.client;
        guest_.config = kQuick;
        guest_.parameters = "nlinit.handoff=exec nlinit.dns=lease";
        server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 53});
    }
    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    [[nodiscard]] bool payload_makes(const std::string& file) {
        return guest_.comes_to([&] { return !guest_.output(file).empty(); });
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
    test::Cable cable_;
    test::DhcpServer server_{loop_, cable_.server, "srv0"};
};

// The kernel ends a PID namespace whose PID 1 ends; a machine panics. So these payloads stay.
const std::string kForEver = "while :; do " + kStay + "; done";

TEST_F(BootHandoffTest, ThePayloadIsPid1AndAChildOfItIsTheNetworks) {
    boot(
        "echo $$ > /out/pid; for p in /proc/[0-9]*; do [ -e $p/comm ] && echo ${p#/proc/}; done > /out/all; echo > "
        "/out/done; " +
        kForEver);
    ASSERT_TRUE(payload_makes("done")) << guest_.log();
    EXPECT_EQ(guest_.output("pid"), "1\n");
    // One child, and no trace of those that carried out the plan.
    const auto all = guest_.output("all");
    ASSERT_THAT(all, ::testing::MatchesRegex("1\n[0-9]+\n"));
    const auto keeper = "/proc/" + all.substr(2, all.size() - 3);
    guest_.follow("/run/nlinit");  // the keeper's report comes when it has settled
    EXPECT_TRUE(guest_.comes_to([&] { return guest_.file(keeper + "/comm") == "nlinit: network\n"; }));
    EXPECT_THAT(guest_.file(keeper + "/cmdline"), ::testing::StartsWith(std::string("nlinit: network\0", 16)));
}

TEST_F(BootHandoffTest, TheKeeperCanDoNoMoreThanKeepTheNetwork) {
    boot("for p in /proc/[0-9]*; do echo ${p#/proc/}; done > /out/all; echo > /out/done; " + kForEver);
    ASSERT_TRUE(payload_makes("done")) << guest_.log();
    const auto all = guest_.output("all");
    ASSERT_THAT(all, ::testing::MatchesRegex("1\n[0-9]+\n"));
    const auto status = "/proc/" + all.substr(2, all.size() - 3) + "/status";
    guest_.follow("/run/nlinit");  // the keeper's report comes when it has settled
    EXPECT_TRUE(guest_.comes_to([&] { return guest_.file(status).find("Seccomp:\t2\n") != std::string::npos; }));
    EXPECT_THAT(guest_.file(status), AllOf(HasSubstr("CapEff:\t0000000000003400\n"),
                                           HasSubstr("CapBnd:\t0000000000003400\n"), HasSubstr("NoNewPrivs:\t1\n")));
    EXPECT_THAT(guest_.file("/proc/1/status"), HasSubstr("Seccomp:\t0\n"));
}

TEST_F(BootHandoffTest, ThePayloadIsAsCleanAsAnother) {
    guest_.config += "user = \"1000:1001\"\nenv = { A = \"b\" }\n";
    guest_.config.replace(guest_.config.find("[system]"), 8,
                          "[[directory]]\npath = \"/tmp/x\"\nmode = \"0777\"\n[system]");
    boot(copy("/proc/self/status", "../tmp/x/status") +
         "for f in /proc/self/fd/*; do echo $f; done > /tmp/x/fds; echo "
         "$A$HOME > /tmp/x/env; echo > /tmp/x/done; while :; do :; done");
    ASSERT_TRUE(guest_.comes_to([this] { return guest_.log().find("started /bin/sh") != std::string::npos; }));
    guest_.follow("/tmp/x");
    ASSERT_TRUE(guest_.comes_to([this] { return !guest_.file("/tmp/x/done").empty(); })) << guest_.log();
    const auto status = guest_.file("/tmp/x/status");
    EXPECT_THAT(status, AllOf(HasSubstr("Uid: 1000 1000 1000 1000"), HasSubstr("Gid: 1001 1001 1001 1001"),
                              HasSubstr("SigBlk: 0000000000000000"), HasSubstr("SigIgn: 0000000000000000"),
                              HasSubstr("CapPrm: 0000000000000000"), HasSubstr("CapEff: 0000000000000000")));
    EXPECT_EQ(guest_.file("/tmp/x/env"), "b/\n");
}

TEST_F(BootHandoffTest, TheLeaseIsRenewed) {
    server_.grant.set_times(60, 15, 30);
    boot("echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    const auto before = server_.requests().size();
    EXPECT_TRUE(guest_.comes_to([&] { return server_.requests().size() > before; })) << guest_.log();
    EXPECT_THAT(test::addresses_of("eth0", cable_.client), Not(IsEmpty()));
}

class BootHandoffIpv6Test : public BootHandoffTest {
  protected:
    BootHandoffIpv6Test() {
        guest_.config += "[[network.interface]]\nmatch = \"eth0\"\nmethod = \"none\"\nipv6 = \"auto\"\n";
        router_.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
        router_.says.more_options = test::rdnss(600, {"2001:db8::53"});
    }
    [[nodiscard]] bool resolv_conf_becomes(const std::string& content) {
        return guest_.file_becomes("/etc/resolv.conf", content);
    }
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }

    test::Router router_{loop_, cable_.server, "srv0"};
};

TEST_F(BootHandoffIpv6Test, TheKeeperFollowsWhatRoutersSay) {
    boot("echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes("nameserver 2001:db8::53\n")) << guest_.log();
    router_.advertise(
        {.more_options = test::joined({test::rdnss(0, {"2001:db8::53"}), test::rdnss(600, {"fe80::54"})})});
    EXPECT_TRUE(resolv_conf_becomes("nameserver fe80::54%eth0\n")) << guest_.log();
    // What it is asked for after a flap it asks the router.
    router_.says.more_options = test::rdnss(600, {"2001:db8::53"});
    const auto asked = router_.solicitations();
    cable_.unplug();
    cable_.plug_in();
    EXPECT_TRUE(guest_.comes_to([&] { return router_.solicitations() > asked; }));
    EXPECT_TRUE(resolv_conf_becomes("nameserver fe80::54%eth0\nnameserver 2001:db8::53\n")) << guest_.log();
}

TEST_F(BootHandoffIpv6Test, TheLeaseIsRenewed) {
    test::without_dad("srv0", cable_.server);
    test::without_dad("eth0", cable_.client);
    test::Dhcp6Server server(loop_, cable_.server, "srv0");
    server.script = [](test::Dhcp6Server& self, const test::Dhcp6Server::Request& request) {
        auto reply = test::RawReply6::to(request.message, dhcp6::MessageType::reply);
        reply.set(dhcp6::OptionCode::ia_na, test::ia_na(reply.iaid, test::ia_address("2001:db8::50", 30, 60), 15, 24));
        self.send(reply, request);
    };
    router_.says.prefixes.clear();
    router_.says.managed = true;
    boot("echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    ASSERT_THAT(ipv6_addresses(), ElementsAre("2001:db8::50/128"));
    EXPECT_TRUE(guest_.comes_to([&] { return server.count(dhcp6::MessageType::renew) == 1; })) << guest_.log();
    const auto has_its_time = [&] {
        return test::lifetime_of("2001:db8::50/128", "eth0", cable_.client).value_or(0) > 50;
    };
    EXPECT_TRUE(guest_.comes_to(has_its_time));
}

TEST_F(BootHandoffTest, ALeaseThatComesLateIsTakenByTheKeeper) {
    guest_.config.insert(guest_.config.find("link_timeout"), "timeout = \"200ms\"\n");
    server_.silent = true;
    boot("echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    guest_.follow("/run/nlinit");
    server_.silent = false;
    EXPECT_TRUE(guest_.file_becomes("/etc/resolv.conf", "nameserver 192.0.2.53\n"));
    EXPECT_TRUE(guest_.comes_to([this] { return !guest_.file("/run/nlinit/ready").empty(); })) << guest_.log();
    const auto json = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
    ASSERT_TRUE(json);
    EXPECT_EQ((*json)["payload"]["pid"].number(), 1);
    EXPECT_EQ((*json)["network"]["configured"].flag(), true);
}

TEST_F(BootHandoffTest, TheKeeperOutlivesAKillOfEverybodyButSigkill) {
    server_.grant.set_times(60, 15, 30);
    boot("kill -TERM -1; kill -HUP -1; kill -INT -1; kill -PWR -1; echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    const auto before = server_.requests().size();
    EXPECT_TRUE(guest_.comes_to([&] { return server_.requests().size() > before; })) << guest_.log();
    EXPECT_THAT(guest_.log(), Not(HasSubstr("shutting down")));
}

TEST_F(BootHandoffTest, TheKeeperReadsItsNetworkAnewWhenItIsTold) {
    guest_.config = "profile = \"minimal\"\n" + kQuick;  // which leaves /etc/nlinit.toml where it is
    boot("for p in /proc/[0-9]*; do p=${p#/proc/}; [ $p = 1 ] || kill -HUP $p; done; echo > /out/started; " + kForEver);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    EXPECT_TRUE(guest_.comes_to([this] {
        return guest_.log().find("net: no interface is to be changed") != std::string::npos;
    })) << guest_.log();
}

TEST_F(BootHandoffTest, APayloadThatCannotBeStartedLeavesPid1AsItWas) {
    guest_.config += "user = \"1000\"\n";
    guest_.start(loop_, "/bin/none");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("<3>nlinit: payload: run /bin/none: No such file or directory"));
}

}  // namespace
}  // namespace nlinit::app
