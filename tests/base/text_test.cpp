// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace nlinit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string utf8(std::uint32_t code_point) {
    std::string out;
    append_utf8(out, code_point);
    return out;
}

// "\xc2\x85" as a backslash, an x and two digits a byte.
std::string escaped(const std::string& bytes) {
    std::string out;
    for (const char byte : bytes) out += "\\x" + to_hex(Bytes{static_cast<std::uint8_t>(byte)});
    return out;
}

TEST(TakeField, TakesTheSeparatorWithTheField) {
    std::string_view rest = "a:b::c";
    EXPECT_EQ(take_field(rest, ':'), "a");
    EXPECT_EQ(take_field(rest, ':'), "b");
    EXPECT_EQ(take_field(rest, ':'), "");
    EXPECT_EQ(rest, "c");
    EXPECT_EQ(take_field(rest, ':'), "c");
    EXPECT_EQ(rest, "");
    EXPECT_EQ(take_field(rest, ':'), "");
}

TEST(TakeField, KnowsSeveralSeparators) {
    std::string_view rest = "a b\tc";
    EXPECT_EQ(take_field(rest, " \t"), "a");
    EXPECT_EQ(take_field(rest, " \t"), "b");
    EXPECT_EQ(rest, "c");
}

TEST(FirstField, IsAllWhereThereIsNoSeparator) {
    EXPECT_EQ(first_field("fuse.sshfs", '.'), "fuse");
    EXPECT_EQ(first_field("ext4", '.'), "ext4");
    EXPECT_EQ(first_field(".x", '.'), "");
}

TEST(SplitPair, ParsesAtTheFirstSeparator) {
    EXPECT_EQ(split_pair("a:b:c", ':'), std::pair(std::string_view("a"), std::string_view("b:c")));
    EXPECT_EQ(split_pair("a:", ':'), std::pair(std::string_view("a"), std::string_view()));
    EXPECT_EQ(split_pair(":", ':'), std::pair(std::string_view(), std::string_view()));
    EXPECT_FALSE(split_pair("a", ':'));
    EXPECT_FALSE(split_pair("", ':'));
}

TEST(HasField, WantsAWholeField) {
    for (const auto* text : {"ro", "ro,nofail", "nofail,ro", ",,ro"}) EXPECT_TRUE(has_field(text, ',', "ro")) << text;
    for (const auto* text : {"", "rox", "x-ro,nofail"}) EXPECT_FALSE(has_field(text, ',', "ro")) << text;
}

TEST(Split, LeavesOutWhatIsEmpty) {
    EXPECT_THAT(split("", ','), IsEmpty());
    EXPECT_THAT(split(",,", ','), IsEmpty());
    EXPECT_THAT(split("a", ','), ElementsAre("a"));
    EXPECT_THAT(split(",a,,b,", ','), ElementsAre("a", "b"));
    EXPECT_THAT(split("a b\nc\n", " \n"), ElementsAre("a", "b", "c"));
}

TEST(Printable, LeavesTextOfEveryScriptAlone) {
    const std::string text = "eth0 ä € 😀 日本語 العربية עברית \u00a0 \u00ad \u200b \ufeff";
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, EscapesEveryCharacterThatATerminalObeys) {
    const auto expect_escaped = [](std::uint32_t code_point) {
        const auto character = utf8(code_point);
        EXPECT_FALSE(is_fit_to_print(character)) << std::hex << code_point;
        EXPECT_EQ(printable("a" + character + "b"), "a" + escaped(character) + "b") << std::hex << code_point;
    };
    for (std::uint32_t c0 = 0; c0 < 0x20; ++c0) expect_escaped(c0);
    expect_escaped(0x7f);
    for (std::uint32_t c1 = 0x80; c1 < 0xa0; ++c1) expect_escaped(c1);
    for (const std::uint32_t mark : {0x061cU, 0x200eU, 0x200fU}) expect_escaped(mark);
    for (const std::uint32_t separator : {0x2028U, 0x2029U}) expect_escaped(separator);
    for (std::uint32_t embedding = 0x202a; embedding <= 0x202e; ++embedding) expect_escaped(embedding);
    for (std::uint32_t isolate = 0x2066; isolate <= 0x2069; ++isolate) expect_escaped(isolate);
    for (const std::uint32_t nothing : {0xfffeU, 0xffffU}) expect_escaped(nothing);
    EXPECT_EQ(printable("\xc2\x85"), "\\xc2\\x85");
}

TEST(Printable, NeighboursOfWhatIsEscapedAreShown) {
    for (const std::uint32_t code_point : {0x20U, 0x7eU, 0xa0U, 0x061bU, 0x061dU, 0x200dU, 0x2010U, 0x2027U, 0x202fU,
                                           0x2065U, 0x206aU, 0xfffdU, 0x10000U})
        EXPECT_EQ(printable(utf8(code_point)), utf8(code_point)) << std::hex << code_point;
}

TEST(Printable, EscapesBytesThatAreNoUtf8) {
    for (const std::string bytes : {"\x80", "\x9b", "\xc0\xaf", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                    "\xf8\x88\x80\x80\x80", "\xff"})
        EXPECT_EQ(printable(bytes), escaped(bytes));
    EXPECT_EQ(printable("\xc3(\xe2\x82\xac"), "\\xc3(€") << "what follows is read anew";
}

TEST(PlainLength, EndsAtWhatIsToBeLookedAt) {
    std::string plain;
    for (char letter = ' '; letter <= '~'; ++letter)
        if (letter != '"' && letter != '\\') plain += letter;
    EXPECT_EQ(plain_length(plain), plain.size());
    for (const char* other : {"\"", "\\", "\x1f", "\n", "\x7f", "\x80", "\xff", "€"})
        EXPECT_EQ(plain_length(plain + other + "a"), plain.size()) << other;
    EXPECT_EQ(plain_length(""), 0U);
}

TEST(Printable, CutsBetweenCharacters) {
    EXPECT_EQ(printable("abc", 3), "abc");
    EXPECT_EQ(printable("abcd", 3), "abc...");
    EXPECT_EQ(printable("ab€", 4), "ab...");
    EXPECT_EQ(printable("ab€", 5), "ab€");
    EXPECT_EQ(printable("\x1b[2J", 1), "\\x1b...");
}

TEST(FirstCharacters, EndWithAWholeOne) {
    for (const std::string character : {"a", "ä", "€", "😀"}) {
        const auto text = character + character;
        for (std::size_t limit = 0; limit < text.size(); ++limit)
            EXPECT_EQ(first_characters(text, limit).size(), limit < character.size() ? 0 : character.size());
        EXPECT_EQ(first_characters(text, text.size()), text);
    }
    EXPECT_EQ(first_characters("\x80\x80\x80\x80\x80\x80", 5).size(), 5U) << "no character is so long";
    EXPECT_EQ(first_characters("", 5), "");
}

}  // namespace
}  // namespace nlinit
