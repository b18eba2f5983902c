// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "dhcp/reply_bytes.hpp"
#include "nlinit/dhcp/message.hpp"

namespace nlinit::dhcp {
namespace {

using test::ReplyBytes;

Bytes slice(const Bytes& bytes, std::size_t at, std::size_t size) {
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    return {first, first + static_cast<std::ptrdiff_t>(size)};
}

TEST(MessageSerializeTest, HeaderFieldsLieWhereTheRfcPutsThem) {
    Message message;
    message.xid = 0x12345678;
    message.elapsed = std::chrono::seconds(0x0102);
    message.broadcast = true;
    message.ciaddr = {10, 0, 0, 1};
    message.yiaddr = {10, 0, 0, 2};
    message.siaddr = {10, 0, 0, 3};
    message.giaddr = {10, 0, 0, 4};
    message.chaddr = MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    const Bytes bytes = serialize(message);
    EXPECT_EQ(slice(bytes, 0, 28), (Bytes{1, 1, 6,  0, 0x12, 0x34, 0x56, 0x78, 1, 2, 0x80, 0, 10, 0,
                                          0, 1, 10, 0, 0,    2,    10,   0,    0, 3, 10,   0, 0,  4}));
    EXPECT_EQ(slice(bytes, 28, 6), (Bytes{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
    EXPECT_EQ(slice(bytes, 34, 202), Bytes(202, 0)) << "the rest of chaddr, sname and file";
    EXPECT_EQ(slice(bytes, 236, 4), (Bytes{0x63, 0x82, 0x53, 0x63}));
    EXPECT_EQ(slice(bytes, 240, 3), (Bytes{53, 1, 1})) << "the message type comes first";
    EXPECT_EQ(bytes[243], 255);
}

TEST(MessageSerializeTest, RequestsArePaddedToThreeHundredBytesAndLongOnesAreNot) {
    Message message;
    EXPECT_EQ(serialize(message).size(), kMinimumRequestSize);
    message.options.set(OptionCode::vendor_specific, Bytes(200, 1));
    EXPECT_EQ(serialize(message).size(), kHeaderSize + 3 + 202 + 1);
}

TEST(MessageSerializeTest, NoSecondsAreZero) {
    EXPECT_EQ(slice(serialize(Message{}), 8, 2), (Bytes{0, 0}));
}

TEST(MessageSerializeTest, MoreSecondsThanFitStayAtTheMost) {
    Message message;
    message.elapsed = std::chrono::seconds(70000);
    EXPECT_EQ(slice(serialize(message), 8, 2), (Bytes{0xff, 0xff}));
}

TEST(MessageSerializeTest, ALongOptionIsSplitIntoPartsOfAtMost255Bytes) {
    for (const std::size_t size : {255U, 256U, 510U, 511U, 1200U}) {
        Message message;
        Bytes value(size);
        for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<std::uint8_t>(i % 251);
        message.options.set(OptionCode::classless_static_route, value);
        const Bytes bytes = serialize(message);
        Bytes joined;
        for (std::size_t at = 243; bytes.at(at) != 255; at += 2U + bytes.at(at + 1)) {
            EXPECT_EQ(bytes.at(at), 121);
            EXPECT_GT(bytes.at(at + 1), 0);
            const Bytes part = slice(bytes, at + 2, bytes.at(at + 1));
            joined.insert(joined.end(), part.begin(), part.end());
        }
        EXPECT_EQ(joined, value) << size;
    }
}

Message random_message(std::mt19937& random) {
    const auto address = [&] { return Ipv4Address::from_integer(static_cast<std::uint32_t>(random())); };
    const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
    Message message;
    message.op = random() % 2 == 0 ? OpCode::boot_request : OpCode::boot_reply;
    message.type = static_cast<MessageType>(1 + random() % 8);
    message.xid = static_cast<std::uint32_t>(random());
    message.elapsed = std::chrono::seconds(random() % 65536);
    message.broadcast = random() % 2 == 0;
    message.ciaddr = address();
    message.yiaddr = address();
    message.siaddr = address();
    message.giaddr = address();
    message.chaddr = MacAddress({byte(), byte(), byte(), byte(), byte(), byte()});
    for (auto count = random() % 12; count > 0; --count) {
        const auto code = 1 + random() % 254;
        if (code == 52 || code == 53) continue;
        Bytes value(random() % 8 == 0 ? random() % 700 : random() % 20);
        for (auto& each : value) each = byte();
        message.options.set(static_cast<OptionCode>(code), value);
    }
    return message;
}

// More bytes in options than came in would be memory that a server can make us take.
void expect_bounded(const Message& message, std::size_t payload_size) {
    std::size_t held = 0;
    std::set<OptionCode> codes;
    for (const auto& option : message.options.all()) {
        held += option.value.size();
        EXPECT_TRUE(codes.insert(option.code).second) << "joined once";
        EXPECT_NE(option.code, OptionCode::pad);
        EXPECT_NE(option.code, OptionCode::end);
    }
    EXPECT_LE(held, payload_size);
}

class MessagePropertyTest : public testing::TestWithParam<unsigned> {};

TEST_P(MessagePropertyTest, WhatIsSerializedParsesToTheSameMessage) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    for (int round = 0; round < 500; ++round) {
        const auto message = random_message(random);
        const auto result = parse(serialize(message));
        ASSERT_TRUE(std::holds_alternative<Message>(result)) << name_of(std::get<DropReason>(result));
        ASSERT_EQ(std::get<Message>(result), message) << "round " << round;
    }
}

TEST_P(MessagePropertyTest, RandomBytesAfterAGoodHeaderStayWithinBounds) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    for (int round = 0; round < 2000; ++round) {
        ReplyBytes bytes;
        if (random() % 2 == 0) bytes.type(2).option(52, {static_cast<std::uint8_t>(random() % 5)});
        Bytes tail(random() % 200), area(192);
        for (auto& byte : tail) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 8 : random());
        for (auto& byte : area) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 8 : random());
        const Bytes& payload = bytes.raw(tail).at(ReplyBytes::kSnameAt, area);
        const auto result = parse(payload);
        if (const auto* message = std::get_if<Message>(&result)) expect_bounded(*message, payload.size());
    }
}

TEST_P(MessagePropertyTest, MutatedMessagesStayWithinBounds) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    for (int round = 0; round < 1000; ++round) {
        Bytes payload = serialize(random_message(random));
        for (auto changes = 1 + random() % 6; changes > 0; --changes) {
            const auto at = random() % 4 == 0 ? random() % payload.size() : 240 + random() % (payload.size() - 240);
            payload[at] = static_cast<std::uint8_t>(random());
        }
        payload.resize(random() % 3 == 0 ? random() % payload.size() : payload.size());
        payload.shrink_to_fit();  // a sanitizer sees the first byte beyond
        const auto result = parse(payload);
        if (const auto* message = std::get_if<Message>(&result)) expect_bounded(*message, payload.size());
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, MessagePropertyTest, testing::Range(1U, 6U));

}  // namespace
}  // namespace nlinit::dhcp
