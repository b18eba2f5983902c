// SPDX-License-Identifier: Apache-2.0
// A server or a client that comes back: to another network, or to the same.
#include <gmock/gmock.h>

#include "interop_fixture.hpp"

namespace nlinit::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ValuesIn;

class Refusal : public ServerTest {
  protected:
    // Not the old address asked for once more.
    [[nodiscard]] std::string what_followed_the_nak() {
        const auto& lines = wire_.heard();
        const auto is_nak = [](const auto& line) { return line.find(" NAK") != std::string::npos; };
        const auto nak = std::ranges::find_if(lines, is_nak);
        return lines.end() - nak < 2 ? "" : *(nak + 1);
    }
};
INSTANTIATE_TEST_SUITE_P(, Refusal, ValuesIn(able_to(Scenario::refusal)));

TEST_P(Refusal, OfAnAddressOfTheOldNetworkLeadsToOneOfTheNew) {
    serve({});
    ASSERT_TRUE(keeps()) << story();
    lan_.unplug();
    server_->stop();
    readdress("srv0", lan_.server, {"198.51.100.1/24"});
    serve({.server = {198, 51, 100, 1},
           .network = {{198, 51, 100, 0}, 24},
           .first = {198, 51, 100, 50},
           .last = {198, 51, 100, 50},
           .router = {198, 51, 100, 1},
           .name_server = {198, 51, 100, 3}});
    wire_.forget();
    lan_.plug_in();
    const std::vector<std::string> wanted{"198.51.100.0/24 src 198.51.100.50 proto dhcp scope link",
                                          "default via 198.51.100.1 src 198.51.100.50 proto dhcp"};
    EXPECT_TRUE(has([&] { return routes() == wanted; })) << story();
    EXPECT_THAT(addresses(), ElementsAre("198.51.100.50/24 brd 198.51.100.255"));
    EXPECT_THAT(what_followed_the_nak(), HasSubstr(" DISCOVER")) << story();
    EXPECT_EQ(end_client(), 0);
}

class Restart : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, Restart, ValuesIn(able_to(Scenario::restart)));

// What QEMU's server can give is always 16 addresses.
TEST_P(Restart, OfServerAndClientLeadsToTheSameAddress) {
    const Terms terms{.last = {192, 0, 2, 65}};
    serve(terms);
    ASSERT_TRUE(keeps()) << story();
    const auto addresses_before = addresses();
    const auto routes_before = routes();
    client_->signal(SIGKILL);
    static_cast<void>(client_->wait());
    server_->stop();
    serve(terms);
    for (int run = 0; run < 2; ++run) {
        const auto finished = netsetup();
        EXPECT_EQ(finished.exit_code, 0) << finished.errors << story();
        EXPECT_EQ(addresses(), addresses_before);
        EXPECT_EQ(routes(), routes_before);
    }
}

class Reboot : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, Reboot, ValuesIn(able_to(Scenario::reboot)));

TEST_P(Reboot, TakesOneRoundTripToTheLeaseOfTheLastTime) {
    const std::vector<std::string> with_file{"--lease-file", directory_ / "lease"};
    serve({.last = {192, 0, 2, 65}});
    EXPECT_EQ(netsetup(with_file).exit_code, 0) << story();
    const auto addresses_before = addresses();
    const auto routes_before = routes();
    readdress("eth0", lan_.client, {});
    wire_.forget();
    EXPECT_EQ(netsetup(with_file).exit_code, 0) << story();
    EXPECT_EQ(addresses(), addresses_before);
    EXPECT_EQ(routes(), routes_before);
    EXPECT_TRUE(wire_.heard("0.0.0.0 to 255.255.255.255 REQUEST") && wire_.heard(" ACK 192.0.2.")) << story();
    EXPECT_FALSE(wire_.heard("DISCOVER")) << story();
}

}  // namespace
}  // namespace nlinit::test
