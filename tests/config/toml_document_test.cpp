// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/toml_document.hpp"

#include <gtest/gtest.h>

namespace nlinit::config {
namespace {

Problem problem_of(std::string_view text) {
    const auto document = parse_toml_document(text);
    const auto* problem = std::get_if<Problem>(&document);
    EXPECT_NE(problem, nullptr) << text.substr(0, 100);
    return problem == nullptr ? Problem() : *problem;
}

bool is_toml(std::string_view text) {
    return std::holds_alternative<TomlTable>(parse_toml_document(text));
}

TEST(TomlDocumentTest, ValuesKnowTheirPlaces) {
    const auto document = parse_toml_document("a = 1\n[b]\n  c = [true, \"x\"]\n");
    const auto* root = std::get_if<TomlTable>(&document);
    ASSERT_NE(root, nullptr);
    ASSERT_EQ(root->size(), 2U);
    EXPECT_EQ((*root)[0].at, (Position{1, 1}));
    EXPECT_EQ((*root)[0].value.at, (Position{1, 5}));
    EXPECT_EQ(std::get<std::int64_t>((*root)[0].value.content), 1);
    EXPECT_EQ((*root)[1].value.at, (Position{2, 1}));
    const auto& c = std::get<TomlTable>((*root)[1].value.content)[0];
    EXPECT_EQ(c.at, (Position{3, 3}));
    const auto& list = std::get<TomlList>(c.value.content);
    EXPECT_EQ(std::get<bool>(list[0].content), true);
    EXPECT_EQ(list[1].at, (Position{3, 14}));
    EXPECT_EQ(std::get<std::string>(list[1].content), "x");
}

TEST(TomlDocumentTest, WhatIsNoTomlIsNamedWithItsPlace) {
    const auto problem = problem_of("a = 1\nb = = 2\n");
    EXPECT_EQ(problem.line, 2U);
    EXPECT_EQ(problem.column, 5U);
    EXPECT_FALSE(problem.what.empty());
    for (const std::string_view text : {"a", "[a", "a = 1\na = 2", "a = \"\xff\"", "a = 'x", "\x01", "a = 1 b = 2"}) {
        for (const char c : problem_of(text).what) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << problem_of(text).what;
    }
}

TEST(TomlDocumentTest, HeadersWithoutAKeyAreMistakesAsOthers) {
    for (const std::string_view text : {"[#a]", "[[[1]]]", "[[=", "[", "[[", "[]", "[[]]", "[.a]", "[a.]", "[ [a]]"})
        EXPECT_EQ(problem_of(text).line, 1U) << text;
}

TEST(TomlDocumentTest, SizeHasALimit) {
    EXPECT_TRUE(is_toml("#" + std::string(kMaxConfigSize - 1, 'x')));
    const auto problem = problem_of("#" + std::string(kMaxConfigSize, 'x'));
    EXPECT_EQ(problem.line, 0U);
    EXPECT_NE(problem.what.find("1048576 bytes"), std::string::npos);
}

std::string key_of_parts(std::size_t parts) {
    std::string key = "a";
    for (std::size_t i = 1; i < parts; ++i) key += ".a";
    return key;
}

TEST(TomlDocumentTest, DeepKeysAreRefusedWhereverTheyStand) {
    const auto deep = key_of_parts(17);
    const std::string texts[] = {
        deep + " = 1",
        "[" + deep + "]",
        "[[" + deep + "]]",
        "x = 1\ny = { " + deep + " = 1 }",
        "x = [1,\n# '\n{ " + deep + " = 1 }]",
        "x = '''a'''''\n" + deep + " = 1",
        "x = \"\"\"a\\\"\"\"\"\n" + deep + " = 1",
        "x = \"\\\"#\"\n" + deep + " = 1",
        "x = \"\"\n" + deep + " = 1",
        "\"a\" . " + deep + " = 1",
        key_of_parts(400'000) + " = 1",
        "[" + key_of_parts(400'000) + "]\n!",
    };
    for (const auto& text : texts)
        EXPECT_EQ(problem_of(text).what, "a key has more than 16 parts") << text.substr(0, 100);
    EXPECT_EQ(problem_of("x = 1\n" + deep + " = 1").line, 2U);
    EXPECT_EQ(problem_of("x = 1\n" + deep + " = 1").column, 32U);
}

TEST(TomlDocumentTest, DotsElsewhereAreNoKeys) {
    const std::string dots(100, '.');
    const std::string texts[] = {
        key_of_parts(16) + " = 1",
        "# " + dots + "\na = 1 # " + dots,
        "a = '" + dots + "'\nb = \"" + dots + "\"",
        "a = '''\n" + dots + "\n'''\nb = \"\"\"\\\n" + dots + "\"\"\"",
        "a = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]",
    };
    for (const auto& text : texts) EXPECT_TRUE(is_toml(text)) << text;
}

TEST(TomlDocumentTest, OnlyStringsAndCommentsHoldMoreThanAscii) {
    EXPECT_TRUE(
        is_toml("\xef\xbb\xbf"
                "a = '\xc3\xa9' # \xc3\xa9\n\"\xc3\xa9\" = \"\"\"\n\xc3\xa9 \\n\xc3\xa9\"\"\""));
    EXPECT_TRUE(is_toml("a = \"\"\"\\\n  \xc3\xa9\"\"\""));
    for (const std::string_view text :
         {"a = \xc3\xa9", "\xc3\xa9 = 1", "a = 1'\xc3\xa9", "a = 1 \xc2\xa0", "a = \xe2\x80\x9cx\xe2\x80\x9d"})
        EXPECT_EQ(problem_of(text).line, 1U) << text;
}

TEST(TomlDocumentTest, DeepValuesAreRefused) {
    EXPECT_TRUE(is_toml("a = [[[[1]]]]"));
    EXPECT_FALSE(is_toml("a = " + std::string(500'000, '[')));
    EXPECT_FALSE(is_toml("a = " + std::string(17, '[') + std::string(17, ']')));
}

}  // namespace
}  // namespace nlinit::config
