// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using test::address_of;
using test::server_duid;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Raw {
    std::uint16_t code;
    Bytes value;
};

Bytes octets_of(const std::vector<Raw>& options) {
    ByteWriter out;
    for (const auto& option : options) write_option(out, OptionCode{option.code}, option.value);
    return std::move(out).take();
}

Bytes raw_message(const std::vector<Raw>& options, std::uint8_t type = 7) {
    Bytes bytes{type, 0x12, 0x34, 0x56};
    const auto rest = octets_of(options);
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
}

Bytes with(Bytes bytes, const Bytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}

Bytes ia_head() {
    return {0, 0, 0, 7, 0, 0, 0, 100, 0, 0, 0, 200};
}

Bytes address_head() {
    Bytes bytes(24, 0);
    bytes[0] = 0x20;
    return bytes;
}

Message parsed(const Bytes& bytes) {
    const auto result = parse(bytes);
    const auto* reason = std::get_if<DropReason>(&result);
    EXPECT_EQ(reason, nullptr) << name_of(*reason);
    return reason == nullptr ? std::get<Message>(result) : Message{};
}

void expect_refused(const Bytes& bytes, DropReason expected) {
    const auto result = parse(bytes);
    const auto* reason = std::get_if<DropReason>(&result);
    ASSERT_NE(reason, nullptr) << name_of(expected);
    EXPECT_EQ(name_of(*reason), name_of(expected));
}

Message full_message() {
    Message message;
    message.type = MessageType::reply;
    message.xid = 0x123456;
    message.client = Duid::of_link_layer(test::kDhcp6Mac);
    message.server = server_duid();
    message.ia_na = {
        {7,
         100,
         200,
         {{address_of("2001:db8::1"), 300, 400, {}}, {address_of("2001:db8::2"), 0, 0, StatusCode::not_on_link}},
         {StatusCode::no_binding, "who are you?"}},
        {8, 0, 0, {}, {}}};
    message.requested = {OptionCode::name_servers, OptionCode::sol_max_rt, OptionCode{999}};
    message.preference = 255;
    message.elapsed = 4711;
    message.status = {StatusCode::unspec_fail, "not today"};
    message.rapid_commit = true;
    message.name_servers = {address_of("2001:db8::53"), address_of("fe80::1")};
    message.search_domains = {"lan", "example.com"};
    message.information_refresh_time = 600;
    message.sol_max_rt = 60;
    message.inf_max_rt = 86400;
    return message;
}

TEST(Dhcp6MessageTest, WhatIsSerializedIsParsedBack) {
    EXPECT_EQ(parsed(serialize(full_message())), full_message());
    EXPECT_EQ(parsed(serialize(Message{})), Message{});
}

// RFC 8415 8: type, 24 bits of transaction, options of 16 bits of code and 16 of length.
TEST(Dhcp6MessageTest, TheBytesAreThoseOfTheRfc) {
    Message message;
    message.xid = 0xabcdef;
    message.client = Duid::of_link_layer(test::kDhcp6Mac);
    message.elapsed = 258;
    message.rapid_commit = true;
    message.requested = {OptionCode::name_servers};
    EXPECT_EQ(serialize(message),
              (Bytes{1, 0xab, 0xcd, 0xef, 0, 1, 0, 10, 0, 3, 0, 1,  0x52, 0x54, 0, 0x12, 0x34, 0x56,  //
                     0, 8,    0,    2,    1, 2, 0, 6,  0, 2, 0, 23, 0,    14,   0, 0}));
}

TEST(Dhcp6MessageTest, LessThanAHeaderIsNone) {
    for (std::size_t size = 0; size < kHeaderSize; ++size) expect_refused(Bytes(size, 7), DropReason::short_message);
    EXPECT_EQ(parsed({7, 0, 0, 1}).xid, 1U);
}

TEST(Dhcp6MessageTest, OtherTypesAreNone) {
    for (const int type : {0, 10, 12, 13, 14, 255})
        expect_refused(raw_message({}, static_cast<std::uint8_t>(type)), DropReason::unknown_message_type);
    for (const int type : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11}) {
        const auto message = parsed(raw_message({}, static_cast<std::uint8_t>(type)));
        EXPECT_EQ(static_cast<int>(message.type), type);
        EXPECT_NE(name_of(message.type), "?");
    }
}

TEST(Dhcp6MessageTest, AnOptionThatRunsPastTheEndMakesItNone) {
    const auto whole = serialize(full_message());
    for (std::size_t size = kHeaderSize; size < whole.size(); ++size) {
        const auto result = parse(ByteView(whole).first(size));
        if (const auto* reason = std::get_if<DropReason>(&result)) {
            EXPECT_EQ(*reason, DropReason::options_overrun) << size;
        }
    }
    expect_refused({7, 0, 0, 1, 0, 1, 0, 10, 0}, DropReason::options_overrun);
    expect_refused({7, 0, 0, 1, 0}, DropReason::options_overrun);
}

TEST(Dhcp6MessageTest, SoDoesOneThatRunsPastTheEndOfTheOneAroundIt) {
    expect_refused(raw_message({{3, with(ia_head(), {0, 5, 0, 24, 0})}}), DropReason::nested_options_overrun);
    expect_refused(raw_message({{3, with(ia_head(), {0, 13})}}), DropReason::nested_options_overrun);
    const auto address = with(address_head(), {0, 13, 0xff, 0xff, 0, 1});
    expect_refused(raw_message({{3, with(ia_head(), octets_of({{5, address}}))}}), DropReason::nested_options_overrun);
}

TEST(Dhcp6MessageTest, AnIdentifierOfAnImpossibleSizeMakesItNone) {
    for (const std::uint16_t code : {std::uint16_t{1}, std::uint16_t{2}}) {
        for (const std::size_t size : {0U, 2U, 131U, 60000U})
            expect_refused(raw_message({{code, Bytes(size, 1)}}), DropReason::bad_duid);
        expect_refused(raw_message({{code, Bytes(10, 1)}, {code, Bytes(10, 1)}}), DropReason::repeated_option);
    }
    EXPECT_THAT(parsed(raw_message({{1, Bytes(130, 1)}})).client.octets(), SizeIs(130));
}

TEST(Dhcp6MessageTest, AnOptionOfAnotherSizeThanItHasToHaveMakesItNone) {
    const Raw wrong[] = {{7, {}},
                         {7, {1, 2}},
                         {8, {1}},
                         {13, {0}},
                         {32, {0, 0, 0}},
                         {82, Bytes(5, 0)},
                         {83, {}},
                         {6, {0}},
                         {3, Bytes(11, 0)},
                         {3, with(ia_head(), octets_of({{5, Bytes(23, 0)}}))},
                         {3, with(ia_head(), octets_of({{13, {0}}}))}};
    for (const auto& option : wrong) expect_refused(raw_message({option}), DropReason::bad_option_size);
}

TEST(Dhcp6MessageTest, OfWhatMayComeButOnceTheFirstCounts) {
    const auto message = parsed(raw_message({{7, {1}},
                                             {7, {2}},
                                             {13, {0, 2}},
                                             {13, {0, 0}},
                                             {82, {0, 0, 0, 60}},
                                             {82, {0, 0, 0, 61}},
                                             {24, {1, 'a', 0}},
                                             {24, {1, 'b', 0}},
                                             {6, {0, 1}},
                                             {6, {0, 2}}}));
    EXPECT_EQ(message.preference, 1);
    EXPECT_EQ(message.status.code, StatusCode::no_addrs_avail);
    EXPECT_EQ(message.sol_max_rt, 60U);
    EXPECT_THAT(message.search_domains, ElementsAre("a"));
    EXPECT_THAT(message.requested, ElementsAre(OptionCode{1}));
}

TEST(Dhcp6MessageTest, AnIaInAnIaIsPassedOver) {
    Bytes nested = ia_head();
    for (int depth = 0; depth < 1000; ++depth) nested = with(ia_head(), octets_of({{3, nested}}));
    const auto message = parsed(raw_message({{3, nested}}));
    ASSERT_THAT(message.ia_na, SizeIs(1));
    EXPECT_THAT(message.ia_na.front().addresses, IsEmpty());
    EXPECT_THAT(parsed(raw_message({{5, address_head()}})).ia_na, IsEmpty()) << "nor is an address without an IA one";
}

TEST(Dhcp6MessageTest, WhatIsKeptHasLimits) {
    std::vector<Raw> addresses(1000, Raw{5, address_head()});
    std::vector<Raw> ias(20, Raw{3, with(ia_head(), octets_of(addresses))});
    ias.push_back({6, Bytes(10000, 1)});
    Bytes names;
    for (int i = 0; i < 100; ++i)
        names =
            with(names, {3, 'a', static_cast<std::uint8_t>('0' + i / 10), static_cast<std::uint8_t>('0' + i % 10), 0});
    ias.push_back({24, names});
    Bytes servers;
    for (std::uint8_t i = 1; i < 200; ++i) servers = with(servers, {0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i});
    ias.push_back({23, servers});
    const auto message = parsed(raw_message(ias));
    EXPECT_THAT(message.ia_na, SizeIs(kMaxIas));
    EXPECT_THAT(message.ia_na.front().addresses, SizeIs(kMaxAddressesRead));
    EXPECT_THAT(message.requested, SizeIs(kMaxRequested));
    EXPECT_THAT(message.name_servers, SizeIs(kMaxNameServers));
    EXPECT_THAT(message.search_domains, SizeIs(kMaxSearchDomains));
}

TEST(Dhcp6MessageTest, AStatusTextOfAnyLengthIsCut) {
    const auto message = parsed(raw_message({{13, with({0, 1}, Bytes(65533, 'x'))}}));
    EXPECT_EQ(message.status.code, StatusCode::unspec_fail);
    EXPECT_THAT(message.status.message, SizeIs(kMaxStatusMessage));
}

TEST(Dhcp6MessageTest, OfNameServersOnlyHostsCountAndEachOnce) {
    Message message;
    message.name_servers = {address_of("ff02::1"), address_of("2001:db8::1"), address_of("2001:db8::1"),
                            address_of("::"), address_of("fe80::1")};
    EXPECT_THAT(parsed(serialize(message)).name_servers, ElementsAre(address_of("2001:db8::1"), address_of("fe80::1")));
    EXPECT_TRUE(parsed(serialize(message)).has_odd_lists);
    EXPECT_THAT(parsed(raw_message({{23, Bytes(15, 0x20)}})).name_servers, IsEmpty());
    EXPECT_TRUE(parsed(raw_message({{23, Bytes(15, 0x20)}})).has_odd_lists);
    EXPECT_THAT(parsed(raw_message({{23, Bytes(17, 0x20)}})).name_servers, SizeIs(1)) << "the whole entries count";
    EXPECT_TRUE(parsed(raw_message({{23, Bytes(17, 0x20)}})).has_odd_lists);
    EXPECT_TRUE(parsed(raw_message({{23, Bytes(16 * (kMaxNameServers + 1), 0x20)}})).has_odd_lists == false)
        << "the same server again and again is one";
    message.name_servers = {address_of("2001:db8::1"), address_of("2001:db8::1"), address_of("fe80::1")};
    EXPECT_FALSE(parsed(serialize(message)).has_odd_lists);
}

TEST(Dhcp6MessageTest, OfSearchDomainsThoseBeforeAFaultCount) {
    using namespace std::string_view_literals;
    for (const auto names : {"\3lan\0\1a\xc0\0"sv, "\3lan\0\x3f ab"sv}) {
        const auto message = parsed(raw_message({{24, Bytes(names.begin(), names.end())}}));
        EXPECT_THAT(message.search_domains, ElementsAre("lan"));
        EXPECT_TRUE(message.has_odd_lists);
    }
}

TEST(Dhcp6MessageTest, OptionsThatNobodyReadsArePassedOver) {
    EXPECT_EQ(parsed(raw_message({{56, Bytes(100, 1)}, {65535, {}}, {17, {1, 2, 3}}})), parsed(raw_message({})));
}

TEST(Dhcp6StatusCodeTest, HasAName) {
    EXPECT_EQ(name_of(StatusCode::success), "Success");
    EXPECT_EQ(name_of(StatusCode::no_prefix_avail), "NoPrefixAvail");
    EXPECT_EQ(name_of(StatusCode{7}), "status 7");
}

}  // namespace
}  // namespace nlinit::dhcp6
