// SPDX-License-Identifier: Apache-2.0
// Which interface leads out, and whose name servers are in /etc/resolv.conf, while leases and carriers come and go.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "boot_network_fixture.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::Port;
using test::row;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kFirst = "nameserver 192.0.2.53\n";
constexpr const char* kSecond = "nameserver 10.1.0.53\n";

class BootUplinkTest : public test::BootNetworkFixture {
  protected:
    BootUplinkTest() {
        guest_.parameters = "nlinit.dns=lease";
        guest_.config = kQuick + row("eth0") + row("eth1");
    }
    // The address that the kernel would send from, to somewhere far away; empty: there is no way.
    [[nodiscard]] std::string source() const {
        const auto inside = cable_.client.enter();
        const sys::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(9);
        address.sin_addr.s_addr = htonl(0xcb007101);  // 203.0.113.1
        socklen_t size = sizeof address;
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return {};
        ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
        char text[INET_ADDRSTRLEN] = {};
        return ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    }
    [[nodiscard]] bool leads_out_from(const std::string& address) {
        return guest_.comes_to([&] { return source() == address; });
    }

    Port second_{loop_, cable_, "eth1", 1};
};

TEST_F(BootUplinkTest, TheSecondLeaseDoesNotWinByBeingTheLast) {
    second_.server.silent = true;
    guest_.config = kQuick + row("eth0") + row("eth1", "optional = true");
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes(kFirst));
    second_.server.silent = false;
    ASSERT_TRUE(comes_to_addresses("eth1", {"10.1.0.50/24 brd 10.1.0.255"}));
    guest_.follow("/run/nlinit");
    ASSERT_TRUE(guest_.comes_to(
        [&] { return guest_.file("/run/nlinit/boot.json").find("10.1.0.50/24") != std::string::npos; }));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), kFirst);
    EXPECT_EQ(source(), "192.0.2.50");
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, TheLowerMetricWinsWhateverTheOrder) {
    guest_.config = kQuick + row("eth0", "metric = 500") + row("eth1", "metric = 20");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), kSecond);
    EXPECT_EQ(source(), "10.1.0.50");
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, AnInterfaceWithoutADefaultRouteHasNoSay) {
    guest_.config = kQuick + row("eth1", "default_route = false") + row("eth0");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), kFirst);
    EXPECT_EQ(end(), SIGINT);
}

// An isolated network leads nowhere, and has names.
TEST_F(BootUplinkTest, WhereNobodyLeadsOutTheLeaseStillNamesServersAndTheHost) {
    guest_.config = kQuick + "[network.dhcp]\nuse_hostname = true\n" + row("eth0");
    server_.grant.options = {};
    server_.grant.options.set_address(dhcp::OptionCode::subnet_mask, {255, 255, 255, 0});
    server_.grant.options.set_u32(dhcp::OptionCode::lease_time, 3600);
    server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 53});
    server_.grant.options.set(dhcp::OptionCode::host_name, Bytes{'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', '7'});
    boot("read name < /proc/sys/kernel/hostname; echo $name > /out/name; " + test::kStay);
    ASSERT_TRUE(payload_makes("name")) << guest_.log();
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), kFirst);
    EXPECT_EQ(guest_.output("name"), "localhost7\n") << "which is no localhost";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, WithoutACarrierTheOtherOneLeadsOutUntilItIsBack) {
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes(kFirst));
    ASSERT_EQ(source(), "192.0.2.50");
    cable_.unplug();
    EXPECT_TRUE(resolv_conf_becomes(kSecond));
    EXPECT_TRUE(leads_out_from("10.1.0.50"));
    cable_.plug_in();
    EXPECT_TRUE(resolv_conf_becomes(kFirst));
    EXPECT_TRUE(leads_out_from("192.0.2.50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, WhenItIsUnpluggedTheOtherOneLeadsOut) {
    ASSERT_TRUE(boots()) << guest_.log();
    test::delete_link("eth0", cable_.client);
    EXPECT_TRUE(resolv_conf_becomes(kSecond));
    EXPECT_TRUE(leads_out_from("10.1.0.50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, WhenItsLeaseIsRefusedTheOtherOneLeadsOut) {
    server_.grant.set_times(30, 15, 26);
    ASSERT_TRUE(boots()) << guest_.log();
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (request.message.type == dhcp::MessageType::request)
            server.send(server.reply_to(request.message, dhcp::MessageType::nak));
    };
    EXPECT_TRUE(resolv_conf_becomes(kSecond)) << guest_.log();
    EXPECT_TRUE(leads_out_from("10.1.0.50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, AnUplinkWhoseLeaseNamesNoServersLeavesThoseThatAreThere) {
    second_.server.grant.options = test::Grant().options;
    second_.server.grant.options.set_address(dhcp::OptionCode::router, {10, 1, 0, 1});
    ASSERT_TRUE(boots()) << guest_.log();
    test::delete_link("eth0", cable_.client);
    ASSERT_TRUE(leads_out_from("10.1.0.50"));
    ASSERT_TRUE(logs("eth0: the interface is gone"));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), kFirst);
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootUplinkTest, OneWayOutIsNotGivenUpForALostCarrier) {
    guest_.config = kQuick + row("eth0") + row("eth1", "default_route = false");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(sysctl("eth0", "ignore_routes_with_linkdown"), "0");
    cable_.unplug();
    ASSERT_TRUE(guest_.comes_to([&] { return !test::link_of("eth0", cable_.client)->carrier; }));
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
    EXPECT_EQ(end(), SIGINT);
}

}  // namespace
}  // namespace nlinit::app
