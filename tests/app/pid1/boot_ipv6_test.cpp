// IPv6 of a boot: fixed addresses beside and without IPv4, and what the kernel is told before a link goes up.
#include <gmock/gmock.h>

#include "boot_network_fixture.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::row;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BootIpv6Test : public test::BootNetworkFixture {
  protected:
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> ipv6_routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::string ipv6_sysctl(const std::string& key) const {
        const auto inside = cable_.client.enter();
        std::ifstream file("/proc/sys/net/ipv6/conf/eth0/" + key);
        std::string value;
        file >> value;
        return value;
    }
};

TEST_F(BootIpv6Test, AFixedAddressStandsBesideALease) {
    guest_.config = kQuick + row("eth0", "address = \"2001:db8::2/64\"\ngateway = \"2001:db8::1\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(ipv6_routes(), ElementsAre("2001:db8::/64 proto static metric 1024",
                                           "default via 2001:db8::1 proto static metric 1024"));
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "0") << "nothing but what is written";
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("192.0.2.50/24"), HasSubstr("2001:db8::2/64 via")));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("the boot goes on")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, AnAddressOfTheCommandLineNeedsNoIpv4) {
    guest_.parameters = "ip=[2001:db8::2]::[fe80::1]:64::eth0:none nameserver=2001:db8::53 nameserver=fe80::53%eth0";
    guest_.config = kQuick;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(ipv6_routes(), Contains("default via fe80::1 proto static metric 1024"));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    EXPECT_THAT(server_.requests(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, AnAddressThatIsToBeProbedIsProbed) {
    guest_.config = kQuick + row("eth0", "method = \"none\"\naddress = \"2001:db8::2/64\"\ndhcp = { acd = \"probe\" }");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, TheKernelsRouterSolicitationLeavesAtOnceUnlessTheUserSaysOtherwise) {
    guest_.config = kQuick + row("eth0", "sysctl = { \"ipv6.use_tempaddr\" = 2, \"ipv6.accept_ra\" = 1 }");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("router_solicitation_delay"), "0");
    EXPECT_EQ(ipv6_sysctl("use_tempaddr"), "2");
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "1") << "the user's, and not the 2 of ipv6 = \"auto\"";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ALinkMayHaveNone) {
    guest_.config = kQuick + row("eth0", "ipv6 = \"none\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("disable_ipv6"), "1");
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WithoutWordsForItTheKernelObeysRouters) {
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "2") << "in a guest that forwards, too";
    EXPECT_EQ(ipv6_sysctl("disable_ipv6"), "0");
    EXPECT_THAT(guest_.log(), Not(HasSubstr("no IPv6")));
    EXPECT_EQ(end(), SIGINT);
}

}  // namespace
}  // namespace nlinit::app
