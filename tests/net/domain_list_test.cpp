// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/domain_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace nlinit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Bytes octets_in(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(DomainListTest, NamesFollowEachOther) {
    using namespace std::string_view_literals;
    const auto list = parse_domain_list(octets_in("\3lan\0\7example\3com\0"sv), 16);
    EXPECT_THAT(list.names, ElementsAre("lan", "example.com"));
    EXPECT_TRUE(list.complete);
}

TEST(DomainListTest, TheRestOfAnOptionIsPaddedWithZeros) {
    using namespace std::string_view_literals;
    const auto list = parse_domain_list(octets_in("\3lan\0\0\0\0\0"sv), 16);
    EXPECT_THAT(list.names, ElementsAre("lan"));
    EXPECT_TRUE(list.complete);
    EXPECT_EQ(parse_domain_list({}, 16), DomainList());
}

// RFC 8415 10, RFC 8106 5.2: there is no compression here.
TEST(DomainListTest, APointerEndsTheList) {
    using namespace std::string_view_literals;
    const auto list = parse_domain_list(octets_in("\3lan\0\1a\xc0\0\1b\0"sv), 16);
    EXPECT_THAT(list.names, ElementsAre("lan"));
    EXPECT_FALSE(list.complete);
}

TEST(DomainListTest, ALabelPastTheEndEndsTheList) {
    using namespace std::string_view_literals;
    for (const auto bytes :
         {"\3lan\0\5exam"sv, "\3lan\0\3com"sv, "\3lan\0\x3f"sv, "\3lan\0\x40 is a reserved type\0"sv}) {
        const auto list = parse_domain_list(octets_in(bytes), 16);
        EXPECT_THAT(list.names, ElementsAre("lan"));
        EXPECT_FALSE(list.complete);
    }
}

TEST(DomainListTest, NamesThatAreUnfitForUseAreLeftOut) {
    using namespace std::string_view_literals;
    const auto list = parse_domain_list(octets_in("\3a\nb\0\3a.b\0\3lan\0"sv), 16);
    EXPECT_THAT(list.names, IsEmpty()) << "a dot inside of a label makes it malformed, as its name would be another";
    EXPECT_THAT(parse_domain_list(octets_in("\3a\nb\0\3lan\0\3lan\0"sv), 16).names, ElementsAre("lan"));
    EXPECT_FALSE(parse_domain_list(octets_in("\3a\nb\0\3lan\0"sv), 16).complete);
    EXPECT_THAT(parse_domain_list(octets_in("\2-a\0\1;\0\2\xff\xfe\0"sv), 16).names, IsEmpty());
}

TEST(DomainListTest, NoMoreThanTheLimitAreKept) {
    Bytes bytes;
    for (char letter = 'a'; letter <= 'z'; ++letter)
        bytes.insert(bytes.end(), {1, static_cast<std::uint8_t>(letter), 0});
    const auto list = parse_domain_list(bytes, 3);
    EXPECT_THAT(list.names, ElementsAre("a", "b", "c"));
    EXPECT_FALSE(list.complete);
}

TEST(DomainListTest, ANameLongerThanRfc1035AllowsIsNone) {
    Bytes bytes;
    for (int i = 0; i < 5; ++i) {
        bytes.push_back(63);
        bytes.insert(bytes.end(), 63, 'a');
    }
    bytes.push_back(0);
    EXPECT_THAT(parse_domain_list(bytes, 16).names, IsEmpty());
}

TEST(DomainListTest, WhatIsSerializedIsReadBack) {
    const std::vector<std::string> names{"lan", "corp.example.com", "_x.a-b"};
    EXPECT_EQ(parse_domain_list(serialize_domain_list(names), 16), (DomainList{names, true}));
}

}  // namespace
}  // namespace nlinit
