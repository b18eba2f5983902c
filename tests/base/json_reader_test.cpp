// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/base/json.hpp"

namespace nlinit {
namespace {

using ::testing::ElementsAre;

JsonDocument read(std::string text) {
    auto document = JsonDocument::parse(std::move(text));
    EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().what);
    return document.ok() ? *std::move(document) : JsonDocument();
}

std::string fault(std::string text) {
    const auto document = JsonDocument::parse(std::move(text));
    return document.ok() ? "fine" : to_string(document.error());
}

TEST(JsonReaderTest, MembersAndElementsAreFound) {
    const auto document = read(R"( {"a": [1, {"b": "x"}, []], "c": {"d": true, "e": null}, "f": "y"} )");
    const auto root = document.root();
    std::vector<std::string> keys;
    for (const auto member : root) keys.emplace_back(member.key());
    EXPECT_THAT(keys, ElementsAre("a", "c", "f"));
    std::vector<std::string> texts;
    for (const auto element : root["a"]) texts.emplace_back(element["b"].text());
    EXPECT_THAT(texts, ElementsAre("", "x", ""));
    EXPECT_TRUE(root["c"]["d"].is_true());
    EXPECT_TRUE(root["c"]["e"].is_null());
    EXPECT_EQ(root["f"].text(), "y");
}

TEST(JsonReaderTest, AByteOrderMarkIsIgnoredAtTheBeginning) {
    EXPECT_EQ(read("\xef\xbb\xbf{\"a\": \"x\"}").root()["a"].text(), "x");
    EXPECT_EQ(fault("\xef\xbb\xbf{\"a\": x}"), "byte 9: a value should be here");
    EXPECT_EQ(fault("{} \xef\xbb\xbf"), "byte 3: the end should be here");
}

TEST(JsonReaderTest, WhatIsToBeObeyedHasEachNameOnce) {
    const std::string text = R"({"a": {"User": "www", "b": [{"User": 1}], "User": "root"}})";
    EXPECT_TRUE(JsonDocument::parse(text).ok()) << "it is only shown";
    const auto obeyed = JsonDocument::parse(text, JsonDocument::Texts::as_they_are);
    ASSERT_FALSE(obeyed.ok());
    EXPECT_THAT(obeyed.error().what, ::testing::HasSubstr("in the object that ends here 'User' is there twice"));
    EXPECT_TRUE(JsonDocument::parse(R"([{"a": 1}, {"a": 2}])", JsonDocument::Texts::as_they_are).ok());
}

TEST(JsonReaderTest, TextsThatAreToBeObeyedAreAsTheyAre) {
    constexpr const char* kText = "{\"a\\n\": \"x\\u0000\\u001b\", \"b\": [1, true, null, {}, \"\"]}";
    const auto document = JsonDocument::parse(kText, JsonDocument::Texts::as_they_are);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ((*document->root().begin()).key(), "a\n");
    EXPECT_EQ((*document->root().begin()).text(), std::string_view("x\0\x1b", 3));
    std::vector<JsonValue::Kind> kinds;
    for (const auto element : document->root()["b"]) kinds.push_back(element.kind());
    using enum JsonValue::Kind;
    EXPECT_THAT(kinds, ElementsAre(number, truth, null, object, text));
    EXPECT_EQ(document->root()["c"].kind(), null);
    EXPECT_EQ(document->root()["b"].kind(), list);
}

TEST(JsonReaderTest, WhatIsNotThereIsNullAllTheWayDown) {
    const auto document = read(R"({"a": "x"})");
    const auto nothing = document.root()["b"]["c"];
    EXPECT_TRUE(nothing.is_null());
    EXPECT_EQ(nothing.text(), "");
    EXPECT_EQ(nothing.key(), "");
    EXPECT_FALSE(nothing.is_true());
    EXPECT_FALSE(nothing.thousandths());
    EXPECT_TRUE(nothing.begin() == nothing.end());
    EXPECT_TRUE(document.root()["a"].begin() == document.root()["a"].end());
    EXPECT_TRUE(JsonDocument().root().is_null());
}

TEST(JsonReaderTest, NumbersAreThousandths) {
    const struct {
        const char* text;
        std::optional<std::int64_t> value;
    } cases[] = {{"0", 0},
                 {"-0", 0},
                 {"7", 7000},
                 {"1234.567", 1234567},
                 {"-1234.5679", -1234567},
                 {"0.05", 50},
                 {"1e3", std::nullopt},
                 {"100000000000", 100'000'000'000'000},
                 {"100000000000.001", std::nullopt},
                 {"99999999999999999999999999", std::nullopt}};
    for (const auto& [text, value] : cases) EXPECT_EQ(read(text).root().thousandths(), value) << text;
    EXPECT_FALSE(read("\"1\"").root().thousandths());
}

TEST(JsonReaderTest, EscapesAreDecoded) {
    EXPECT_EQ(read(R"("\"\\\/")").root().text(), "\"\\/");
    EXPECT_EQ(read(R"("\u0041\u00e4\u20AC\ud83d\ude00")").root().text(), "Aä€😀");
}

TEST(JsonReaderTest, HalfASurrogatePairIsNoCharacter) {
    EXPECT_EQ(read(R"("\ud83d")").root().text(), "\xef\xbf\xbd");
    EXPECT_EQ(read(R"("\ud83d\u0041")").root().text(),
              "\xef\xbf\xbd"
              "A");
    EXPECT_EQ(read(R"("\ude00\ud83d")").root().text(), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(read(R"("\\ud83d\\\ud83d")").root().text(), "\\ud83d\\\xef\xbf\xbd");
}

TEST(JsonReaderTest, ControlCharactersAreShownAsWhatTheyAre) {
    EXPECT_EQ(read(R"("\b\n\u0000\u001b\u007f\u009b\u202e\uffff")").root().text(),
              R"(\x08\x0a\x00\x1b\x7f\xc2\x9b\xe2\x80\xae\xef\xbf\xbf)");
    EXPECT_EQ(read("\"\x7f\xc2\x85\"").root().text(), R"(\x7f\xc2\x85)");
    const auto document = read(R"({"\u001b[2J": 1})");
    EXPECT_EQ((*document.root().begin()).key(), R"(\x1b[2J)");
}

TEST(JsonReaderTest, TextsStayWhereTheyAreWhenTheDocumentMoves) {
    auto document = read(R"({"a": "b\u00e4"})");
    const auto text = document.root()["a"].text();
    const auto moved = std::move(document);
    EXPECT_EQ(moved.root()["a"].text().data(), text.data());
    EXPECT_EQ(text, "bä");
}

TEST(JsonReaderTest, WhatTheWriterWritesIsReadBack) {
    const std::string hostile = "\"\\/ä%<";
    const auto document = read(JsonWriter().begin_object().member("name", hostile).end_object().text());
    EXPECT_EQ(document.root()["name"].text(), hostile);
}

TEST(JsonReaderTest, MistakesAreNamedWithTheirPlace) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "byte 0: a value should be here"},
        {"nul", "byte 3: a value should be here"},
        {"{} x", "byte 3: the end should be here"},
        {"{\"a\" 1}", "byte 5: a ':' should be here"},
        {"{\"a\": 1 \"b\": 2}", "byte 8: a ',' or '}' should be here"},
        {"{\"a\": 1,}", "byte 8: the name of a member should be here"},
        {"[1 2]", "byte 3: a ',' or ']' should be here"},
        {"[1,", "byte 3: a value should be here"},
        {"[1,]", "byte 3: a value should be here"},
        {"01", "byte 1: the end should be here"},
        {"1.", "byte 2: a digit should be here"},
        {"1e", "byte 2: a digit should be here"},
        {"-", "byte 1: a value should be here"},
        {"\"abc", "byte 4: the string does not end"},
        {"\"a\nb\"", "byte 2: a string cannot hold this"},
        {"\"a\xff\"", "byte 2: a string cannot hold this"},
        {"\"\\x\"", "byte 1: a string cannot hold this"},
        {"\"\\u12\"", "byte 1: there is no such escape"},
        {"\"\\", "byte 1: a string cannot hold this"},
    };
    for (const auto& [text, sentence] : cases) EXPECT_EQ(fault(text), sentence) << text;
}

TEST(JsonReaderTest, DepthAndNumberOfValuesAreLimited) {
    EXPECT_EQ(fault(std::string(32, '[') + std::string(32, ']')), "fine");
    EXPECT_EQ(fault(std::string(100'000, '[')), "byte 33: this is nested too deeply");
    std::string many = "[";
    for (std::size_t i = 0; i < JsonDocument::kMaxValues; ++i) many += "1,";
    EXPECT_EQ(fault(many + "1]"), "byte 524287: there are too many values");
}

TEST(JsonReaderTest, EveryBeginningOfADocumentIsRefused) {
    const std::string text = R"({"a": [1.5, true, "x\n\u00e4"], "b": {"c": null}})";
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_NE(fault(text.substr(0, size)), "fine") << size;
    EXPECT_EQ(fault(text), "fine");
}

}  // namespace
}  // namespace nlinit
