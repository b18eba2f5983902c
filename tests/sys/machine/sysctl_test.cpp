// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/sysctl.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>

#include "nlinit/sys/file/file.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

class SysctlTest : public ::testing::Test {
  protected:
    void SetUp() override { test::enter_own_network_namespace(); }
    static std::string value_of(const std::string& path) { return *read_file("/proc/sys/" + path, 100); }
};

TEST_F(SysctlTest, WritesAValueByItsDottedName) {
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.ip_forward", "1")));
    EXPECT_EQ(value_of("net/ipv4/ip_forward"), "1\n");
}

TEST_F(SysctlTest, TakesAPathAsWell) {
    ASSERT_TRUE(is_ok(write_sysctl("net/ipv4/ip_forward", "1")));
    EXPECT_EQ(value_of("net/ipv4/ip_forward"), "1\n");
}

TEST_F(SysctlTest, ReadsASlashInADottedNameAsADot) {
    EXPECT_EQ(test::sentence(write_sysctl("net.ipv4.conf.eth0/100.forwarding", "1")),
              "set sysctl net.ipv4.conf.eth0/100.forwarding: No such file or directory");
    EXPECT_TRUE(is_ok(write_sysctl("net/ipv4/conf/lo/forwarding", "1")));
}

TEST_F(SysctlTest, AWildcardIsEachThatItMatches) {
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.conf.*.accept_local", "1")));
    for (const char* name : {"all", "default", "lo"})
        EXPECT_EQ(value_of(std::string("net/ipv4/conf/") + name + "/accept_local"), "1\n") << name;
    ASSERT_TRUE(is_ok(write_sysctl("net/ipv4/conf/l?/accept_local", "0")));
    EXPECT_EQ(value_of("net/ipv4/conf/lo/accept_local"), "0\n");
    EXPECT_EQ(value_of("net/ipv4/conf/all/accept_local"), "1\n");
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.conf.[!al]*.accept_local", "0")));
    EXPECT_EQ(value_of("net/ipv4/conf/default/accept_local"), "0\n");
    EXPECT_EQ(value_of("net/ipv4/conf/all/accept_local"), "1\n");
    EXPECT_EQ(test::sentence(write_sysctl("net.ipv4.conf.nothing*.accept_local", "0")),
              "set sysctl net.ipv4.conf.nothing*.accept_local: No such file or directory");
}

TEST_F(SysctlTest, AnEmptyValueIsWrittenToo) {
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.ip_local_reserved_ports", "8080,9000-9001")));
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.ip_local_reserved_ports", "")));
    EXPECT_EQ(value_of("net/ipv4/ip_local_reserved_ports"), "\n");
}

TEST_F(SysctlTest, RefusesToLeaveItsDirectory) {
    for (const char* key : {"", "..", "../self/comm", "net/../../self/comm", "net.//.x", "net/ipv4/.."}) {
        const auto written = write_sysctl(key, "1");
        ASSERT_FALSE(written.ok()) << key;
        EXPECT_EQ(written.error().code, EINVAL) << key;
    }
}

// Before the next, for the process finds out only once where it is.
TEST_F(SysctlTest, InAContainerTheMachinesStays) {
    const int status = test::run_as_pid_1([] {
        return raise_sysctl("net.ipv4.conf.lo.arp_ignore", "3").ok() && value_of("net/ipv4/conf/lo/arp_ignore") == "0\n"
                   ? 0
                   : 1;
    });
    EXPECT_EQ(status, 0);
}

// Its own value, so that nothing would be lost.
TEST_F(SysctlTest, InAContainerWhatIsTheMachinesIsRefusedAndWhatIsANamespacesIsNot) {
    const int status = test::run_as_pid_1([] {
        const auto of_machine = write_sysctl("vm.swappiness", value_of("vm/swappiness"));
        if (of_machine.ok() || to_string(of_machine.error()) !=
                                   "set sysctl vm.swappiness: it is the machine's, and this is a container of it")
            return 1;
        if (!write_sysctl("net.ipv4.conf.lo.arp_ignore", "2").ok()) return 2;
        return value_of("net/ipv4/conf/lo/arp_ignore") == "2\n" ? 0 : 3;
    });
    EXPECT_EQ(status, 0);
}

TEST_F(SysctlTest, ANumberIsRaisedAndNeverLowered) {
    for (const auto& [before, after] : {std::pair{"0", "3\n"}, {"2", "3\n"}, {"3", "3\n"}, {"4", "4\n"}}) {
        ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.conf.lo.arp_ignore", before)));
        ASSERT_TRUE(is_ok(raise_sysctl("net.ipv4.conf.lo.arp_ignore", "3")));
        EXPECT_EQ(value_of("net/ipv4/conf/lo/arp_ignore"), after);
    }
    ASSERT_TRUE(is_ok(write_sysctl("net.ipv4.conf.lo.rp_filter", "-1")));
    ASSERT_TRUE(is_ok(raise_sysctl("net.ipv4.conf.lo.rp_filter", "1")));
    EXPECT_EQ(value_of("net/ipv4/conf/lo/rp_filter"), "-1\n");
    EXPECT_EQ(test::sentence(raise_sysctl("net.ipv4.nothing", "1")),
              "raise sysctl net.ipv4.nothing: No such file or directory");
}

TEST_F(SysctlTest, GivesTheKernelsErrorForAValueThatItRefuses) {
    EXPECT_EQ(test::sentence(write_sysctl("net.ipv4.ip_forward", "perhaps")),
              "set sysctl net.ipv4.ip_forward: Invalid argument");
}

}  // namespace
}  // namespace nlinit::sys
