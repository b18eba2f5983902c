// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dhcp/reply_bytes.hpp"

namespace nlinit::dhcp {
namespace {

using test::ReplyBytes;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::optional<DropReason> drop_of(ByteView payload) {
    const auto result = parse(payload);
    if (const auto* reason = std::get_if<DropReason>(&result)) return *reason;
    return std::nullopt;
}

Message parsed(ByteView payload) {
    const auto result = parse(payload);
    if (const auto* reason = std::get_if<DropReason>(&result)) {
        ADD_FAILURE() << "dropped: " << name_of(*reason);
        return {};
    }
    return std::get<Message>(result);
}

Bytes value_of(const Message& message, int code) {
    const auto value = message.options.find(static_cast<OptionCode>(code));
    if (!value) return Bytes{'n', 'o', 'n', 'e'};
    return {value->begin(), value->end()};
}

TEST(MessageParseTest, EveryHeaderFieldIsRead) {
    ReplyBytes bytes;
    bytes.at(8, {0x01, 0x02, 0x80, 0x00});  // secs, flags
    bytes.at(12, {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3, 10, 0, 0, 4});
    const auto message = parsed(bytes.type(2).end());
    EXPECT_EQ(message.op, OpCode::boot_reply);
    EXPECT_EQ(message.type, MessageType::offer);
    EXPECT_EQ(message.xid, 0x12345678U);
    EXPECT_EQ(message.elapsed, std::chrono::seconds(0x0102));
    EXPECT_TRUE(message.broadcast);
    EXPECT_EQ(message.ciaddr, Ipv4Address(10, 0, 0, 1));
    EXPECT_EQ(message.yiaddr, Ipv4Address(10, 0, 0, 2));
    EXPECT_EQ(message.siaddr, Ipv4Address(10, 0, 0, 3));
    EXPECT_EQ(message.giaddr, Ipv4Address(10, 0, 0, 4));
    EXPECT_EQ(message.chaddr, MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
    EXPECT_THAT(message.options.all(), IsEmpty()) << "option 53 belongs to the layout";
}

TEST(MessageParseTest, FlagsThatMustBeZeroAreIgnored) {
    EXPECT_FALSE(parsed(ReplyBytes().at(10, {0x7f, 0xff}).type(2).end()).broadcast);
}

TEST(MessageParseTest, WhatIsShorterThanTheHeaderIsDropped) {
    const ReplyBytes whole;
    for (std::size_t size = 0; size < kHeaderSize; ++size) {
        const Bytes cut(static_cast<const Bytes&>(whole).begin(),
                        static_cast<const Bytes&>(whole).begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(drop_of(cut), DropReason::short_message) << size;
    }
}

TEST(MessageParseTest, RepliesBelowThreeHundredBytesAreFine) {
    const auto bytes = ReplyBytes().type(2);
    ASSERT_LT(bytes.size(), kMinimumRequestSize);
    EXPECT_EQ(drop_of(bytes), std::nullopt);
    EXPECT_EQ(drop_of(ReplyBytes().type(2).end()), std::nullopt);
}

TEST(MessageParseTest, AnOperationThatIsNeitherRequestNorReplyIsDropped) {
    for (const std::uint8_t op : Bytes{0, 3, 128, 255}) {
        EXPECT_EQ(drop_of(ReplyBytes().at(0, {op}).type(2).end()), DropReason::bad_op_code) << int{op};
    }
}

TEST(MessageParseTest, AnotherHardwareTypeOrLengthIsDropped) {
    for (const std::uint8_t type : Bytes{0, 2, 6, 32, 255}) {
        EXPECT_EQ(drop_of(ReplyBytes().at(1, {type}).type(2).end()), DropReason::other_hardware_type) << int{type};
    }
    for (const std::uint8_t length : Bytes{0, 1, 5, 7, 16, 17, 255}) {
        EXPECT_EQ(drop_of(ReplyBytes().at(2, {length}).type(2).end()), DropReason::bad_hardware_size) << int{length};
    }
}

TEST(MessageParseTest, ABootpReplyWithoutTheCookieIsDropped) {
    EXPECT_EQ(drop_of(ReplyBytes().at(236, {0, 0, 0, 0}).type(2).end()), DropReason::bad_cookie);
    EXPECT_EQ(drop_of(ReplyBytes().at(236, {0x63, 0x53, 0x82, 0x63}).type(2).end()), DropReason::bad_cookie);
    EXPECT_EQ(drop_of(ReplyBytes().at(239, {0x62}).type(2).end()), DropReason::bad_cookie);
}

TEST(MessageParseTest, WithoutAMessageTypeItIsDropped) {
    EXPECT_EQ(drop_of(ReplyBytes()), DropReason::no_message_type);
    EXPECT_EQ(drop_of(ReplyBytes().end()), DropReason::no_message_type);
    EXPECT_EQ(drop_of(ReplyBytes().raw(Bytes(60, 0))), DropReason::no_message_type);
    EXPECT_EQ(drop_of(ReplyBytes().end().type(2)), DropReason::no_message_type);
}

TEST(MessageParseTest, AMessageTypeOfAnotherLengthIsDropped) {
    for (const auto& value : {Bytes{}, Bytes{2, 0}, Bytes{0, 2}, Bytes{2, 2, 2, 2}}) {
        EXPECT_EQ(drop_of(ReplyBytes().option(53, value).end()), DropReason::bad_message_type_size) << value.size();
    }
}

TEST(MessageParseTest, TwoDifferentMessageTypesAreDropped) {
    EXPECT_EQ(drop_of(ReplyBytes().type(2).type(5).end()), DropReason::two_message_types);
    EXPECT_EQ(drop_of(ReplyBytes().type(5).option(51, {0, 0, 1, 0}).type(6).end()), DropReason::two_message_types);
    EXPECT_EQ(drop_of(ReplyBytes().option(52, {1}).type(2).end().file(ReplyBytes::encoded(53, {5}))),
              DropReason::two_message_types);
}

TEST(MessageParseTest, TheSameMessageTypeTwiceIsStillOne) {
    EXPECT_EQ(parsed(ReplyBytes().type(5).type(5).end()).type, MessageType::ack);
}

TEST(MessageParseTest, TypesThatNoOrdinaryServerSendsAreDropped) {
    // 9 FORCERENEW (CVE-2020-13529), 10 to 13 leases of others, 14 and more later inventions.
    for (int type = 0; type < 256; ++type) {
        if (type >= 1 && type <= 8) continue;
        EXPECT_EQ(drop_of(ReplyBytes().type(static_cast<std::uint8_t>(type)).end()), DropReason::unknown_message_type)
            << type;
    }
}

TEST(MessageParseTest, AnOptionBeyondTheEndDropsThePacket) {
    EXPECT_EQ(drop_of(ReplyBytes().type(2).raw({12, 5, 'a', 'b', 'c', 'd'})), DropReason::options_overrun);
    EXPECT_EQ(drop_of(ReplyBytes().type(2).raw({12, 255})), DropReason::options_overrun);
    EXPECT_EQ(drop_of(ReplyBytes().raw({53, 1})), DropReason::options_overrun);
}

TEST(MessageParseTest, ACodeWithoutALengthDropsThePacket) {
    EXPECT_EQ(drop_of(ReplyBytes().type(2).raw({12})), DropReason::options_overrun);
}

TEST(MessageParseTest, WithoutAnEndWhatParsedWholeIsKept) {
    const auto message = parsed(ReplyBytes().type(2).option(51, {0, 0, 14, 16}));
    EXPECT_EQ(message.options.u32(OptionCode::lease_time), 3600U);
}

TEST(MessageParseTest, NothingAfterTheEndIsRead) {
    const auto message = parsed(ReplyBytes().type(2).end().option(51, {0, 0, 14, 16}).raw({12, 200}));
    EXPECT_THAT(message.options.all(), IsEmpty());
}

TEST(MessageParseTest, PadsBetweenOptionsAreSkipped) {
    const auto message = parsed(ReplyBytes().raw({0, 0}).type(5).raw({0}).option(1, {255, 255, 255, 0}).raw({0}).end());
    EXPECT_EQ(message.type, MessageType::ack);
    EXPECT_EQ(message.options.address(OptionCode::subnet_mask), Ipv4Address(255, 255, 255, 0));
}

TEST(MessageParseTest, AnEmptyOptionIsThereAndThePacketStays) {
    const auto message = parsed(ReplyBytes().type(2).option(12, {}).option(51, {}).option(80, {}).end());
    EXPECT_TRUE(message.options.has(OptionCode::rapid_commit));
    EXPECT_TRUE(message.options.has(OptionCode::host_name));
    EXPECT_FALSE(message.options.u32(OptionCode::lease_time));
}

TEST(MessageParseTest, PartsOfALongOptionAreJoined) {
    const auto message =
        parsed(ReplyBytes().option(121, {8, 10}).type(5).option(121, {}).option(121, {10, 0, 0, 1}).end());
    EXPECT_THAT(value_of(message, 121), ElementsAre(8, 10, 10, 0, 0, 1));
}

// The same short option twice is joined as well, and then is longer than it may be.
TEST(MessageParseTest, OfAFixedSizeOptionThatComesTwiceTheFirstCounts) {
    const auto message = parsed(ReplyBytes().type(5).option(51, {0, 0, 0, 60}).option(51, {0, 0, 0, 90}).end());
    EXPECT_EQ(message.options.u32(OptionCode::lease_time), 60U);
}

TEST(MessageParseTest, OverloadReadsTheAreasThatItNames) {
    const Bytes file = ReplyBytes::encoded(15, {'f'}), sname = ReplyBytes::encoded(15, {'s'});
    struct Row {
        std::uint8_t overload;
        const char* joined;  // options, file, sname: the order of RFC 3396 5
    };
    for (const auto& [overload, joined] : {Row{1, "of"}, Row{2, "os"}, Row{3, "ofs"}}) {
        const auto message =
            parsed(ReplyBytes().type(2).option(52, {overload}).option(15, {'o'}).end().file(file).sname(sname));
        EXPECT_THAT(value_of(message, 15), ElementsAreArray(std::string(joined))) << int{overload};
        EXPECT_FALSE(message.options.has(OptionCode::overload)) << "it belongs to the layout";
    }
}

TEST(MessageParseTest, WithoutOverloadFileAndSnameAreNames) {
    const auto message = parsed(ReplyBytes().type(2).end().file(Bytes(128, 12)).sname(Bytes(64, 12)));
    EXPECT_THAT(message.options.all(), IsEmpty());
}

TEST(MessageParseTest, AnOverloadOfAnyOtherValueIsIgnored) {
    for (const auto& value : {Bytes{0}, Bytes{4}, Bytes{255}, Bytes{}, Bytes{1, 1}, Bytes{0, 3}}) {
        const auto message = parsed(
            ReplyBytes().type(2).option(52, value).end().file(ReplyBytes::encoded(15, {'f'})).sname(Bytes(64, 9)));
        EXPECT_THAT(message.options.all(), IsEmpty()) << testing::PrintToString(value);
    }
}

// GLSA-201409-03: areas that overload one another for ever.
TEST(MessageParseTest, AnOverloadInsideAnOverloadedAreaReadsNothingTwice) {
    Bytes file = ReplyBytes::encoded(52, {3});
    const Bytes domain = ReplyBytes::encoded(15, {'f'});
    file.insert(file.end(), domain.begin(), domain.end());
    const auto message =
        parsed(ReplyBytes().type(2).option(52, {1}).end().file(file).sname(ReplyBytes::encoded(15, {'s'})));
    EXPECT_THAT(value_of(message, 15), ElementsAre('f'));
}

TEST(MessageParseTest, OverloadTwiceReadsEachAreaOnce) {
    const auto message =
        parsed(ReplyBytes().type(2).option(52, {1}).option(52, {1}).end().file(ReplyBytes::encoded(15, {'f'})));
    EXPECT_THAT(value_of(message, 15), testing::AnyOf(ElementsAre('f'), ElementsAreArray(std::string("none"))));
}

TEST(MessageParseTest, AnOptionBeyondTheEndOfAnOverloadedAreaDropsThePacket) {
    Bytes file(128, 0);
    file[126] = 15;
    file[127] = 1;
    EXPECT_EQ(drop_of(ReplyBytes().type(2).option(52, {1}).end().file(file)), DropReason::options_overrun);
    Bytes sname(64, 0);
    sname[63] = 15;
    EXPECT_EQ(drop_of(ReplyBytes().type(2).option(52, {2}).end().sname(sname)), DropReason::options_overrun);
}

TEST(MessageParseTest, AnOverloadedAreaEndsAtItsEnd) {
    Bytes file = ReplyBytes::encoded(15, {'f'});
    file.push_back(255);
    file.insert(file.end(), {12, 200});
    EXPECT_EQ(drop_of(ReplyBytes().type(2).option(52, {1}).end().file(file)), std::nullopt);
}

TEST(MessageParseTest, TheMessageTypeMayLieInAnOverloadedArea) {
    EXPECT_EQ(parsed(ReplyBytes().option(52, {2}).end().sname(ReplyBytes::encoded(53, {5}))).type, MessageType::ack);
}

TEST(MessageParseTest, AJumboReplyOfOnePartedOptionIsNoTrouble) {
    ReplyBytes bytes;
    bytes.type(5);
    while (bytes.size() < 65000) bytes.option(121, Bytes(bytes.size() % 7, 10));
    const auto message = parsed(bytes.end());
    std::size_t total = 0;
    for (const auto& option : message.options.all()) total += option.value.size();
    EXPECT_LE(total, 4 * bytes.size());
}

TEST(MessageNameTest, TypesAreNamedAsInTheRfc) {
    EXPECT_EQ(name_of(MessageType::discover), "DISCOVER");
    EXPECT_EQ(name_of(MessageType::offer), "OFFER");
    EXPECT_EQ(name_of(MessageType::request), "REQUEST");
    EXPECT_EQ(name_of(MessageType::decline), "DECLINE");
    EXPECT_EQ(name_of(MessageType::ack), "ACK");
    EXPECT_EQ(name_of(MessageType::nak), "NAK");
    EXPECT_EQ(name_of(MessageType::release), "RELEASE");
    EXPECT_EQ(name_of(MessageType::inform), "INFORM");
}

}  // namespace
}  // namespace nlinit::dhcp
