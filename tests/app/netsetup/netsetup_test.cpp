// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

#include "netsetup_fixture.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using dhcp::OptionCode;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// One line on standard error, without an end-of-line in its midst.
void expect_one_sentence(const test::Finished& finished) {
    EXPECT_THAT(finished.errors, StartsWith("nlinit: "));
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
    EXPECT_THAT(finished.output, IsEmpty());
}

class NetsetupTest : public test::NetsetupFixture {};

TEST_F(NetsetupTest, ALeaseMakesTheInterfaceConfiguredAndSaysNothing) {
    const auto finished = netsetup({"eth0"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, IsEmpty());
    EXPECT_THAT(finished.output, IsEmpty());
    EXPECT_TRUE(is_up("lo"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_THAT(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client), Optional(AllOf(::testing::Gt(3590U))));
}

TEST_F(NetsetupTest, RunTwiceItLeavesWhatOneRunLeaves) {
    ASSERT_EQ(netsetup({"eth0"}).exit_code, 0);
    const auto addresses_before = addresses();
    const auto routes_before = routes();
    test::KernelEvents events(cable_.client);
    EXPECT_EQ(netsetup({"eth0"}).exit_code, 0);
    EXPECT_EQ(addresses(), addresses_before);
    EXPECT_EQ(routes(), routes_before);
    EXPECT_THAT(events.take(), Not(Contains(StartsWith("gone address")))) << "open connections live on";
}

TEST_F(NetsetupTest, ASecondRunWithAnotherLeaseReplacesTheFirst) {
    ASSERT_EQ(netsetup({"eth0"}).exit_code, 0);
    server_.grant.address = {192, 0, 2, 60};
    ASSERT_EQ(netsetup({"eth0"}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.60/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.60 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.60 proto dhcp"));
}

TEST_F(NetsetupTest, ASymlinkOfThatNameIsTheCommand) {
    const test::TemporaryDirectory directory;
    ASSERT_EQ(::symlink(NLINIT_PROGRAM, (directory / "netsetup").c_str()), 0);
    test::Program program(loop_, {directory / "netsetup", "eth0"}, {.network = &cable_.client});
    EXPECT_EQ(program.wait().exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

// A namespace by its path: the program is started in another one, which has no interface.
TEST_F(NetsetupTest, ANamespaceIsEnteredByItsPath) {
    const test::NetworkNamespace elsewhere;
    test::Program program(loop_, command({"eth0", "--netns", cable_.client.path()}), {.network = &elsewhere});
    const auto finished = program.wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, ANamespaceIsEnteredByItsName) {
    test::enter_own_mount_namespace();
    ASSERT_EQ(::mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
    ASSERT_EQ(::mkdir("/run/netns", 0755), 0);
    std::ofstream("/run/netns/guest").close();
    ASSERT_EQ(::mount(cable_.client.path().c_str(), "/run/netns/guest", nullptr, MS_BIND, nullptr), 0);
    const test::NetworkNamespace elsewhere;
    test::Program program(loop_, command({"eth0", "--netns", "guest"}), {.network = &elsewhere});
    const auto finished = program.wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, OfTwoInterfacesTheFirstByNameIsThePrimary) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::make_veth("eth00", cable_.client, "srv2", cable_.server);  // made last, first by name after "eth0"
    test::make_veth("br-0", cable_.client, "srv3", cable_.server);
    test::make_veth("docker0", cable_.client, "srv4", cable_.server);
    EXPECT_EQ(netsetup({}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    for (const auto* other : {"eth1", "eth00", "br-0", "docker0"}) EXPECT_FALSE(is_up(other)) << other;
}

TEST_F(NetsetupTest, AnInterfaceIsFoundByGlobAndByHardwareAddress) {
    EXPECT_EQ(netsetup({"e*0"}).exit_code, 0);
    EXPECT_EQ(netsetup({test::link_of("eth0", cable_.client)->mac}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

// It is for one interface, of which it tells.
TEST_F(NetsetupTest, AGlobTakesTheFirstInterfaceThatItMatches) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    for (const auto& arguments : {std::vector<std::string>{"eth*"}, {"eth*", "--static", "192.0.2.50/24"}}) {
        const auto finished = netsetup(arguments);
        EXPECT_EQ(finished.exit_code, 0) << finished.errors;
        EXPECT_EQ(finished.errors, "");
        EXPECT_THAT(addresses(), ElementsAre(StartsWith("192.0.2.50/24")));
        EXPECT_FALSE(is_up("eth1"));
    }
}

TEST_F(NetsetupTest, AnInterfaceThatAppearsLateIsWaitedFor) {
    std::unique_ptr<test::DhcpServer> server;
    after(300ms, [&] {
        test::make_veth("eth5", cable_.client, "srv5", cable_.server);
        test::set_link_up("srv5", cable_.server);
        server = std::make_unique<test::DhcpServer>(loop_, cable_.server, "srv5");
    });
    const auto finished = netsetup({"eth5"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_GE(finished.took, 300ms);
    EXPECT_LT(finished.took, 3s);
    EXPECT_THAT(test::addresses_of("eth5", cable_.client), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, ACarrierThatComesLateIsWaitedFor) {
    cable_.unplug();
    after(200ms, [this] { cable_.plug_in(); });
    const auto finished = netsetup({"eth0"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, NameServersAndDomainsGoWhereTheyAreWanted) {
    const test::TemporaryDirectory directory;
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53, 192, 0, 2, 54});
    server_.grant.options.set_text(OptionCode::domain_name, "example.org");
    EXPECT_EQ(netsetup({"eth0", "--resolv-conf", directory / "resolv.conf"}).exit_code, 0);
    EXPECT_EQ(content_of(directory / "resolv.conf"),
              "search example.org\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n");
}

TEST_F(NetsetupTest, NameServersGoWhereALinkLeads) {
    const test::TemporaryDirectory directory;
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53});
    const auto link = directory / "resolv.conf";
    std::filesystem::create_symlink("stub", link);
    EXPECT_EQ(netsetup({"eth0", "--resolv-conf", link}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(content_of(directory / "stub"), "nameserver 192.0.2.53\n");
    std::filesystem::remove(link);
    std::filesystem::create_symlink("/dev/null", link);
    const auto refused = netsetup({"eth0", "--resolv-conf", link});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_THAT(refused.errors, HasSubstr("/dev/null is no regular file"));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST_F(NetsetupTest, ALeaseWithoutNameServersLeavesWhatIsThere) {
    const test::TemporaryDirectory directory;
    std::ofstream(directory / "resolv.conf") << "nameserver 9.9.9.9\n";
    const auto finished = netsetup({"eth0", "--resolv-conf", directory / "resolv.conf", "--json"});
    EXPECT_EQ(finished.exit_code, 0);
    const auto why = directory / "resolv.conf" + " stays as it is: the network has named no name server";
    EXPECT_THAT(finished.errors, HasSubstr(why));
    EXPECT_THAT(finished.output, HasSubstr("\"error\": \"" + why + "\""));
    EXPECT_EQ(content_of(directory / "resolv.conf"), "nameserver 9.9.9.9\n");
}

TEST_F(NetsetupTest, NameServersThatAreGivenCountInPlaceOfTheLeases) {
    const test::TemporaryDirectory directory;
    const auto path = directory / "resolv.conf";
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53});
    server_.grant.options.set_text(OptionCode::domain_name, "example.org");
    EXPECT_EQ(netsetup({"eth0", "--resolv-conf", path, "--dns", "9.9.9.9,1.1.1.1", "--dns=8.8.8.8"}).exit_code, 0);
    EXPECT_EQ(content_of(path), "search example.org\nnameserver 9.9.9.9\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n");
    EXPECT_EQ(netsetup({"eth0", "--resolv-conf", path, "--search", "a.example,b.example"}).exit_code, 0);
    EXPECT_EQ(content_of(path), "search a.example b.example\nnameserver 192.0.2.53\n");
    EXPECT_EQ(netsetup({"eth0", "--static", "192.0.2.9/24", "--dns", "9.9.9.9", "--resolv-conf", path}).exit_code, 0);
    EXPECT_EQ(content_of(path), "nameserver 9.9.9.9\n");
}

TEST_F(NetsetupTest, AResolvConfThatCannotBeWrittenIsExit9AndTheNetworkIsThere) {
    const test::TemporaryDirectory directory;
    std::ofstream(directory / "file").close();
    const auto finished = netsetup({"eth0", "--dns", "9.9.9.9", "--resolv-conf", directory / "file/resolv.conf"});
    EXPECT_EQ(finished.exit_code, 9);
    expect_one_sentence(finished);
    EXPECT_THAT(finished.errors, HasSubstr("file/resolv.conf"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, AnAddressThatSomebodySetIsNotRemovedInSilence) {
    test::add_address("198.51.100.7/24", "eth0", cable_.client);
    const auto finished = netsetup({"eth0"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, HasSubstr("eth0: removed the address 198.51.100.7/24 that was on it from before"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupTest, WhoseOtherEndIsDownIsNamed) {
    test::make_veth("here0", cable_.client, "here1", cable_.client);
    const auto finished = netsetup({"here0", "--timeout", "200ms"});
    EXPECT_EQ(finished.exit_code, 4);
    EXPECT_THAT(finished.errors, HasSubstr("here0: no carrier: its peer here1 is down"));
    cable_.unplug();
    EXPECT_THAT(netsetup({"eth0", "--timeout", "200ms"}).errors,
                HasSubstr("eth0: no carrier: its peer, in another network namespace, is down"));
}

// Nobody's own user and network namespace: the rights there are enough. The program is opened before, for its path may
// be closed to nobody.
TEST_F(NetsetupTest, NobodyMayConfigureAUserNamespaceOfItsOwn) {
    const std::string script = "exec 9< " NLINIT_PROGRAM
                               "; exec setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn /bin/sh -c '"
                               "ip link add eth0 type veth peer name far0 && ip link set far0 up && "
                               "exec /proc/self/fd/9 netsetup eth0 --static 192.0.2.9/24 --json'";
    test::Program program(loop_, {"/bin/sh", "-c", script}, {.network = &cable_.client});
    const auto finished = program.wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(finished.output, HasSubstr("\"192.0.2.9/24\""));
}

TEST_F(NetsetupTest, ADryRunTouchesNothing) {
    test::KernelEvents events(cable_.client);
    const auto finished = netsetup({"--dry-run"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, AllOf(HasSubstr("bring up lo and eth0\n"), HasSubstr("DHCP")));
    EXPECT_THAT(events.take(), IsEmpty());
    EXPECT_FALSE(is_up("lo"));
    EXPECT_FALSE(is_up("eth0"));
    loop_.poll();
    EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(NetsetupTest, ADryRunOfAFixedConfigurationNamesItsRoutes) {
    const auto finished = netsetup({"eth0", "--static", "203.0.113.9/32", "--gateway", "192.0.2.1", "--dry-run"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_EQ(finished.output,
              "bring up lo and eth0\nadd address 203.0.113.9/32\nadd route 192.0.2.1/32\n"
              "add route default via 192.0.2.1\n");
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(NetsetupTest, AnInterfaceThatIsNotThereIsExit3AndTheOthersAreNamed) {
    const auto finished = netsetup({"eth7", "--timeout", "200ms"});
    EXPECT_EQ(finished.exit_code, 3);
    expect_one_sentence(finished);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("eth7"), HasSubstr("eth0"), HasSubstr("lo")));
}

TEST_F(NetsetupTest, WithNoInterfaceThatFitsItIsExit3) {
    test::delete_link("eth0", cable_.client);
    test::make_veth("veth0", cable_.client, "srv1", cable_.server);
    const auto finished = netsetup({"--timeout", "200ms"});
    EXPECT_EQ(finished.exit_code, 3);
    expect_one_sentence(finished);
    EXPECT_THAT(finished.errors, HasSubstr("veth0"));
    EXPECT_FALSE(is_up("veth0"));
}

TEST_F(NetsetupTest, AnInterfaceIsWaitedForThreeSecondsAtMost) {
    const auto finished = netsetup({"eth7"});
    EXPECT_EQ(finished.exit_code, 3);
    EXPECT_GE(finished.took, 3s);
    EXPECT_LT(finished.took, 5s);
}

TEST_F(NetsetupTest, NoCarrierIsExit4) {
    cable_.unplug();
    const auto finished = netsetup({"eth0", "--timeout", "200ms"});
    EXPECT_EQ(finished.exit_code, 4);
    expect_one_sentence(finished);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("eth0"), HasSubstr("carrier")));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(NetsetupTest, NoServerIsExit5WithTheLinkUpAndNoAddress) {
    server_.silent = true;
    const auto finished = netsetup({"eth0", "--timeout", "500ms"});
    EXPECT_EQ(finished.exit_code, 5);
    expect_one_sentence(finished);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("eth0"), HasSubstr("no DHCP lease"), HasSubstr("DISCOVER sent"),
                                       HasSubstr("0 replies received")));
    EXPECT_GE(finished.took, 500ms);
    EXPECT_LT(finished.took, 2s);
    EXPECT_TRUE(is_up("eth0"));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(NetsetupTest, WhyNoAnswerWasTakenIsTold) {
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        auto offer = server.reply_to(request.message, MessageType::offer);
        offer.xid ^= 1;
        server.send(offer);
    };
    const auto finished = netsetup({"eth0", "--timeout", "300ms"});
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("replies received"), HasSubstr("dropped")));
}

TEST_F(NetsetupTest, AnInterfaceThatGoesInTheMiddleIsNamed) {
    server_.script = [this](test::DhcpServer&, const test::DhcpServer::Request&) {
        test::delete_link("eth0", cable_.client);
    };
    const auto finished = netsetup({"eth0", "--timeout", "500ms"});
    EXPECT_THAT(finished.exit_code, ::testing::AnyOf(3, 5)) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("eth0"));
}

TEST_F(NetsetupTest, ARouteOfALeaseThatTheKernelRefusesIsLeftOutAndSaidOnce) {
    // The router, and 10.0.0.0/8 by a gateway that the kernel has no way to.
    test::make_unreachable("192.0.2.254/32", cable_.client);
    server_.grant.options.set(OptionCode::classless_static_route, Bytes{0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 254});
    const auto finished = netsetup({"eth0", "--timeout", "500ms"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, HasSubstr("add route 10.0.0.0/8 via 192.0.2.254"));
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

// As many as a lease may have (dhcp::kMaxRoutes): every refusal is answered, and none is lost among the others.
TEST_F(NetsetupTest, SixtyThreeRefusedRoutesDoNotCostTheDefaultRoute) {
    test::make_unreachable("192.0.2.254/32", cable_.client);
    Bytes routes{0, 192, 0, 2, 1};
    for (std::uint8_t i = 1; i < 64; ++i) routes.insert(routes.end(), {24, 10, 0, i, 192, 0, 2, 254});
    server_.grant.options.set(OptionCode::classless_static_route, routes);
    const auto finished = netsetup({"eth0", "--json", "--timeout", "500ms"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("add route 10.0.1.0/24"), HasSubstr("add route 10.0.63.0/24")));
    EXPECT_THAT(finished.errors, ::testing::Not(HasSubstr("No buffer space")));
    EXPECT_THAT(this->routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(NetsetupTest, ADefaultRouteOfALeaseThatTheKernelRefusesIsExit6) {
    test::make_unreachable("192.0.2.254/32", cable_.client);
    server_.grant.options.set(OptionCode::classless_static_route, Bytes{0, 192, 0, 2, 254});
    const auto finished = netsetup({"eth0", "--timeout", "500ms"});
    EXPECT_EQ(finished.exit_code, 6);
    EXPECT_THAT(finished.errors, HasSubstr("add route default via 192.0.2.254"));
}

TEST_F(NetsetupTest, AFixedRouteThatTheKernelRefusesIsExit6InItsWords) {
    test::add_address("fe80::99/64", "eth0", cable_.client);
    const auto finished = netsetup({"eth0", "--static", "2001:db8::9/64", "--gateway", "fe80::99", "--timeout", "1s"});
    EXPECT_EQ(finished.exit_code, 6);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("add route default via fe80::99"), HasSubstr("local address")));
}

TEST_F(NetsetupTest, WithoutTheRightsItIsExit7AtOnce) {
    for (const auto& missing :
         {std::vector{CAP_NET_ADMIN}, std::vector{CAP_NET_RAW}, std::vector{CAP_NET_ADMIN, CAP_NET_RAW}}) {
        test::Program program(loop_, command({"eth0"}), {.network = &cable_.client, .capabilities_without = missing});
        const auto finished = program.wait();
        EXPECT_EQ(finished.exit_code, 7) << finished.errors;
        EXPECT_THAT(finished.errors, HasSubstr("Operation not permitted"));
        const bool may_not_set = std::ranges::find(missing, CAP_NET_ADMIN) != missing.end();
        EXPECT_THAT(finished.errors, HasSubstr(may_not_set ? "bring lo up (it takes CAP_NET_ADMIN"
                                                           : "eth0: open a packet socket (it takes CAP_NET_RAW"));
        EXPECT_LT(finished.took, 2s);
    }
}

TEST_F(NetsetupTest, WithoutTheRightToEnterANamespaceItIsExit7) {
    const test::NetworkNamespace elsewhere;
    test::Program program(loop_, command({"eth0", "--netns", cable_.client.path()}),
                          {.network = &elsewhere, .capabilities_without = {CAP_SYS_ADMIN}});
    const auto finished = program.wait();
    EXPECT_EQ(finished.exit_code, 7) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("network namespace"));
}

}  // namespace
}  // namespace nlinit::app
