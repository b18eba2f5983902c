#include "nlinit/net/resolv_conf.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nlinit {
namespace {

const std::vector<Ipv4Address> kServers{{10, 0, 2, 3}, {8, 8, 8, 8}};

TEST(ResolvConfTest, EachServerHasALineAndTheDomainsShareOne) {
    const std::vector<std::string> domains{"example.org", "example.net"};
    const auto text = resolv_conf(kServers, domains);
    EXPECT_NE(text.find("nameserver 10.0.2.3\nnameserver 8.8.8.8\n"), std::string::npos) << text;
    EXPECT_NE(text.find("search example.org example.net\n"), std::string::npos) << text;
    EXPECT_EQ(text.back(), '\n');
}

TEST(ResolvConfTest, WithoutDomainsThereIsNoSearchLine) {
    const auto text = resolv_conf(kServers, {});
    EXPECT_EQ(text.find("search"), std::string::npos) << text;
    EXPECT_NE(text.find("nameserver 10.0.2.3\n"), std::string::npos) << text;
}

TEST(ResolvConfTest, WithoutServersThereIsNoNameserverLine) {
    EXPECT_EQ(resolv_conf({}, {}).find("nameserver"), std::string::npos);
}

}  // namespace
}  // namespace nlinit
