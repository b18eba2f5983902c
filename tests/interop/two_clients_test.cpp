// SPDX-License-Identifier: Apache-2.0
// Two clients of one server: each gets its own address, and one the other's when that was given back, or none's when it
// is in use.
#include <gmock/gmock.h>

#include "interop_fixture.hpp"

namespace nlinit::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ValuesIn;

class TwoClients : public ServerTest {
  protected:
    TwoClients() { lan_.plug_in(other_, "port1"); }
    [[nodiscard]] std::vector<std::string> addresses_of_other() const { return addresses_of("eth0", other_); }

    NetworkNamespace other_;
};
INSTANTIATE_TEST_SUITE_P(, TwoClients, ValuesIn(able_to(Scenario::two_clients)));

TEST_P(TwoClients, AtOnceGetDifferentAddresses) {
    serve({.last = {192, 0, 2, 51}});
    Program one(loop_, command({}), {.network = &lan_.client});
    Program other(loop_, command({}), {.network = &other_});
    EXPECT_EQ(one.wait().exit_code, 0) << one.errors() << story();
    EXPECT_EQ(other.wait().exit_code, 0) << other.errors() << story();
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("192.0.2.5")));
    EXPECT_THAT(addresses_of_other(), ElementsAre(HasSubstr("192.0.2.5")));
    EXPECT_NE(addresses(), addresses_of_other());
}

class Release : public TwoClients {};
INSTANTIATE_TEST_SUITE_P(, Release, ValuesIn(able_to(Scenario::release)));

TEST_P(Release, LetsAnotherClientHaveTheAddress) {
    serve({});
    ASSERT_TRUE(keeps({"--release"})) << story();
    EXPECT_EQ(end_client(), 0) << client_->errors();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(run_until(loop_, [this] {
        return server_->log().find(GetParam()->says_released) != std::string::npos;
    })) << story();
    EXPECT_TRUE(wire_.heard("192.0.2.50 to 192.0.2.1 RELEASE ciaddr=192.0.2.50")) << story();
    Program other(loop_, command({}), {.network = &other_});
    EXPECT_EQ(other.wait().exit_code, 0) << other.errors() << story();
    EXPECT_THAT(addresses_of_other(), ElementsAre(HasSubstr("192.0.2.50/24")));
}

class Decline : public TwoClients {};
INSTANTIATE_TEST_SUITE_P(, Decline, ValuesIn(able_to(Scenario::decline)));

// The other has the address by hand: no server knows, but ARP tells.
TEST_P(Decline, OfAnAddressThatIsInUseLeadsToAnother) {
    serve({.last = {192, 0, 2, 51}});
    EXPECT_EQ(netsetup().exit_code, 0) << story();
    ASSERT_THAT(addresses(), SizeIs(1));
    const auto taken = addresses().front().substr(0, addresses().front().find(' '));
    readdress("eth0", lan_.client, {});
    set_link_up("eth0", other_);
    add_address(taken, "eth0", other_);
    await_running("eth0", other_);
    const auto finished = netsetup({"--acd", "probe", "--timeout", "14s"});  // 10 of them are RFC 2131's pause
    EXPECT_EQ(finished.exit_code, 0) << finished.errors << story();
    EXPECT_TRUE(wire_.heard(" DECLINE")) << story();
    EXPECT_THAT(addresses(), ElementsAre(AllOf(HasSubstr("192.0.2.5"), Not(HasSubstr(taken)))));
}

}  // namespace
}  // namespace nlinit::test
