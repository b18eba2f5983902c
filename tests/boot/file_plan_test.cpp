#include "nlinit/boot/file_plan.hpp"

#include <gtest/gtest.h>

namespace nlinit::boot {
namespace {

TEST(HostsContentTest, HoldsLocalhostAndTheGuestsName) {
    EXPECT_EQ(hosts_content("guest"), "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n127.0.1.1\tguest\n");
}

TEST(HostsContentTest, KernelWithoutANameGetsTheFallback) {
    for (const auto* name : {"", "(none)"}) EXPECT_EQ(hosts_content(name), hosts_content("arcbox")) << name;
}

TEST(ResolvConfContentTest, HoldsALineEachServer) {
    EXPECT_EQ(resolv_conf_content({Ipv4Address(192, 168, 64, 1)}, {}), "nameserver 192.168.64.1\n");
    EXPECT_EQ(resolv_conf_content({Ipv4Address(1, 1, 1, 1), Ipv4Address(8, 8, 8, 8)}, {"a.example", "b.example"}),
              "search a.example b.example\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n");
    EXPECT_EQ(resolv_conf_content({}, {}), "");
}

}  // namespace
}  // namespace nlinit::boot
