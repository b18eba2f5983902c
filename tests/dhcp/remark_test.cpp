// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/remark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::dhcp {
namespace {

using ::testing::ElementsAre;

TEST(RemarkTest, AnOptionIsNamedByNumberAndIfItIsKnownByWords) {
    EXPECT_EQ(named(OptionCode::router), "DHCP option 3 (router)");
    EXPECT_EQ(named(OptionCode{224}), "DHCP option 224");
}

TEST(RemarkTest, ARemarkBeginsWithItsOption) {
    Remarks remarks;
    remark(remarks, OptionCode::interface_mtu, "is 68");
    EXPECT_THAT(remarks, ElementsAre("DHCP option 26 (MTU) is 68"));
}

TEST(RemarkTest, OneByteIsNotBytes) {
    EXPECT_EQ(bytes_in_words(1), "1 byte");
    EXPECT_EQ(bytes_in_words(0), "0 bytes");
}

}  // namespace
}  // namespace nlinit::dhcp
