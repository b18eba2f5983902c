// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

namespace nlinit {
namespace {

using namespace std::string_literals;

// The text without white space between its tokens.
std::string compact(const JsonWriter& json) {
    std::string out;
    bool in_string = false, escaped = false;
    for (const char c : json.text()) {
        if (!in_string && (c == ' ' || c == '\n')) continue;
        if (c == '"' && !escaped) in_string = !in_string;
        escaped = in_string && c == '\\' && !escaped;
        out += c;
    }
    return out;
}

std::string written(std::string_view text) {
    return compact(JsonWriter().value(text));
}

TEST(JsonWriterTest, ObjectsAndArraysNest) {
    JsonWriter json;
    json.begin_object().member("name", "eth0").member("mtu", 1500).key("routes").begin_array();
    json.value("default").begin_object().member("on_link", true).end_object().null().end_array();
    json.member("up", false).end_object();
    EXPECT_EQ(compact(json), R"({"name":"eth0","mtu":1500,"routes":["default",{"on_link":true},null],"up":false})");
}

TEST(JsonWriterTest, WhatIsEmptyStaysValid) {
    EXPECT_EQ(compact(JsonWriter().begin_object().end_object()), "{}");
    EXPECT_EQ(compact(JsonWriter().begin_array().end_array()), "[]");
    EXPECT_EQ(compact(JsonWriter().begin_array().begin_array().end_array().begin_object().end_object().end_array()),
              "[[],{}]");
    EXPECT_EQ(written(""), R"("")");
}

TEST(JsonWriterTest, IntegersKeepTheirWholeRange) {
    EXPECT_EQ(compact(JsonWriter().value(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
    EXPECT_EQ(compact(JsonWriter().value(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
    EXPECT_EQ(compact(JsonWriter().value(std::uint8_t{65})), "65");
    EXPECT_EQ(compact(JsonWriter().value(true)), "true");
}

TEST(JsonWriterTest, ThousandthsAreWrittenWithAPoint) {
    EXPECT_EQ(compact(JsonWriter().thousandths(1234567)), "1234.567");
    EXPECT_EQ(compact(JsonWriter().thousandths(1005)), "1.005");
    EXPECT_EQ(compact(JsonWriter().thousandths(7)), "0.007");
    EXPECT_EQ(compact(JsonWriter().thousandths(0)), "0.000");
    EXPECT_EQ(compact(JsonWriter().thousandths(-1500)), "-1.500");
    EXPECT_EQ(compact(JsonWriter().thousandths(-7)), "-0.007");
}

TEST(JsonWriterTest, QuotesAndBackslashesAreEscaped) {
    EXPECT_EQ(written(R"(a"b\c)"), R"("a\"b\\c")");
    EXPECT_EQ(compact(JsonWriter().begin_object().member(R"(k"y)", "v").end_object()), R"({"k\"y":"v"})");
}

TEST(JsonWriterTest, NoControlByteComesOutAsItself) {
    std::string all;
    for (char c = 0; c < ' '; ++c) all += c;
    all += '\x7f';
    const auto text = written(all);
    EXPECT_TRUE(std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; })) << text;
    EXPECT_NE(text.find("\\u0000"), std::string::npos);
    EXPECT_NE(text.find("\\u001b"), std::string::npos);
}

TEST(JsonWriterTest, GoodUtf8StaysAsItIs) {
    for (const auto& text : {"\xc3\xa9t\xc3\xa9"s, "\xe2\x82\xac"s, "\xf0\x9f\x90\xa7"s, "\xf4\x8f\xbf\xbf"s}) {
        EXPECT_EQ(written(text), '"' + text + '"');
    }
}

TEST(JsonWriterTest, WhatIsNoUtf8IsReplaced) {
    for (const auto& text : {"\xff"s, "\x80"s, "\xc3"s, "\xc0\x80"s, "\xe0\x80\x80"s, "\xed\xa0\x80"s, "\xe2\x82"s,
                             "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xc3("s, "\xf0\x9f\x90"s}) {
        const auto out = written(text);
        const bool replaced = out.find("\xef\xbf\xbd") != std::string::npos || out.find("\\ufffd") != std::string::npos;
        EXPECT_TRUE(replaced) << testing::PrintToString(text) << " came out as " << testing::PrintToString(out);
        EXPECT_EQ(out.find(text), std::string::npos);
    }
    EXPECT_EQ(written("\xc3(").back(), '"');
    EXPECT_NE(written("\xc3(").find('('), std::string::npos) << "what follows is not swallowed";
}

TEST(JsonWriterTest, NothingThatATerminalObeysComesOutAsItself) {
    EXPECT_EQ(written("\xc2\x85\xc2\x9b\x7f"), R"("\u0085\u009b\u007f")");
    EXPECT_EQ(written("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"),
              R"("a\u202eb\u2066")");
    EXPECT_EQ(written("\xe2\x80\xa8\xd8\x9c"), R"("\u2028\u061c")");
    EXPECT_EQ(written("ä€😀"), "\"ä€😀\"");
}

TEST(JsonFitToPrint, HasTheSameMeaningAndNothingThatATerminalObeys) {
    EXPECT_EQ(json_fit_to_print("{\"a\": [1.50, \"ä\\n\"]}\n"), "{\"a\": [1.50, \"ä\\n\"]}\n");
    EXPECT_EQ(json_fit_to_print("{\t\"a\x7f\":\r\n\"\xc2\x85\xe2\x80\xae\"}"), "{ \"a\\u007f\": \n\"\\u0085\\u202e\"}");
}

}  // namespace
}  // namespace nlinit
