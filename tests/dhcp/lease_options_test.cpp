// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::dhcp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kHostsOption = OptionCode::name_server;

Options with(OptionCode code, Bytes value) {
    Options options;
    options.set(code, value);
    return options;
}

struct Heard {
    std::vector<Ipv4Address> hosts;
    Remarks remarks;
};

Heard hosts_of(Bytes value) {
    Heard heard;
    heard.hosts = hosts_in(with(kHostsOption, std::move(value)), kHostsOption, heard.remarks);
    return heard;
}

TEST(LeaseOptionsTest, AnAddressListKeepsItsOrder) {
    const auto heard = hosts_of({10, 0, 2, 3, 8, 8, 8, 8});
    EXPECT_THAT(heard.hosts, ElementsAre(Ipv4Address(10, 0, 2, 3), Ipv4Address(8, 8, 8, 8)));
    EXPECT_THAT(heard.remarks, IsEmpty());
}

TEST(LeaseOptionsTest, WhatIsNotThereGivesNeitherValueNorRemark) {
    Remarks remarks;
    EXPECT_THAT(hosts_in({}, kHostsOption, remarks), IsEmpty());
    EXPECT_FALSE(address_in({}, OptionCode::subnet_mask, remarks));
    EXPECT_FALSE(mtu_in({}, remarks));
    EXPECT_THAT(remarks, IsEmpty());
}

TEST(LeaseOptionsTest, TheWholeAddressesOfAListCount) {
    const auto heard = hosts_of({10, 0, 2, 3, 8, 8, 8});
    EXPECT_THAT(heard.hosts, ElementsAre(Ipv4Address(10, 0, 2, 3)));
    EXPECT_THAT(heard.remarks, ElementsAre("DHCP option 6 (DNS servers) has 7 bytes, not a multiple of 4: the last 3 "
                                           "bytes are ignored"));
    EXPECT_THAT(hosts_of({10, 0, 2}).remarks,
                ElementsAre("DHCP option 6 (DNS servers) has 3 bytes, not a multiple of 4: it is ignored"));
    EXPECT_THAT(hosts_of({}).hosts, IsEmpty());
    EXPECT_THAT(hosts_of({}).remarks, ElementsAre("DHCP option 6 (DNS servers) is empty: it is ignored"));
}

TEST(LeaseOptionsTest, EntriesThatAreNoHostsAddressAreSkipped) {
    const auto heard = hosts_of({0,   0,   0,   0,  // TP-Link's name server
                                 255, 255, 255, 255, 224, 0, 0, 1, 127, 0, 0, 1, 10, 0, 2, 3});
    EXPECT_THAT(heard.hosts, ElementsAre(Ipv4Address(10, 0, 2, 3)));
    EXPECT_THAT(heard.remarks,
                ElementsAre("DHCP option 6 (DNS servers) names 0.0.0.0, which no host can have: left out"));
}

TEST(LeaseOptionsTest, ALongAddressListIsCut) {
    Bytes value;
    for (std::uint8_t i = 1; i <= 63; ++i) value.insert(value.end(), {10, 0, 0, i});
    const auto heard = hosts_of(value);
    EXPECT_EQ(heard.hosts.size(), kMaxServers);
    EXPECT_EQ(heard.hosts.back(), Ipv4Address(10, 0, 0, 16));
    EXPECT_THAT(heard.remarks, ElementsAre("DHCP option 6 (DNS servers) names 63 hosts: only the first 16 are taken"));
}

TEST(LeaseOptionsTest, AValueThatIsTooShortIsIgnoredAndSpokenOf) {
    Remarks remarks;
    EXPECT_FALSE(address_in(with(OptionCode::subnet_mask, {255, 255, 255}), OptionCode::subnet_mask, remarks));
    EXPECT_THAT(remarks, ElementsAre("DHCP option 1 (subnet mask) has 3 bytes, not 4: it is ignored"));
}

TEST(LeaseOptionsTest, WhatIsOfUseIsToldFromWhatIsMerelyThere) {
    const auto is = [](OptionCode code, Bytes value) { return is_of_use(with(code, std::move(value)), code); };
    using enum OptionCode;
    EXPECT_TRUE(is(subnet_mask, {255, 255, 255, 0}));
    EXPECT_FALSE(is(subnet_mask, {255, 255, 255}));
    EXPECT_TRUE(is(router, {10, 0, 2, 1}));
    EXPECT_FALSE(is(router, {0, 0, 0, 0}));
    EXPECT_FALSE(is(name_server, {}));
    EXPECT_TRUE(is(static_route, {10, 0, 0, 0, 10, 0, 2, 1}));
    EXPECT_FALSE(is(static_route, {10, 0, 0, 0, 10, 0, 2}));
    EXPECT_TRUE(is(classless_static_route, {0, 10, 0, 2, 1}));
    EXPECT_FALSE(is(classless_static_route, {33, 10, 0, 2, 1}));
    EXPECT_FALSE(is(interface_mtu, {0, 68}));
    EXPECT_FALSE(is(domain_name, {'\n'}));
    EXPECT_FALSE(is(host_name, {'a', ' ', 'b'}));
    EXPECT_TRUE(is(domain_search, {1, 'a', 0}));
    EXPECT_FALSE(is(domain_search, {0}));
    EXPECT_TRUE(is(captive_portal, {'x'}));
    EXPECT_FALSE(is(captive_portal, {}));
}

}  // namespace
}  // namespace nlinit::dhcp
