// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nlinit::dhcp {
namespace {

using namespace std::string_view_literals;

TEST(ValidNameTest, NamesOfLettersDigitsHyphensAndUnderscoresPass) {
    const std::string label(63, 'a');
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
    ASSERT_EQ(longest.size(), 253U);
    for (const std::string_view name : {"a"sv, "vm"sv, "vm-7"sv, "example.org"sv, "EXAMPLE.org"sv, "_dns.example"sv,
                                        "1e100.net"sv, std::string_view(label), std::string_view(longest)}) {
        EXPECT_EQ(valid_name(name), std::string(name)) << name;
    }
}

TEST(ValidNameTest, AFinalDotIsDropped) {
    EXPECT_EQ(valid_name("example.org."), "example.org");
}

TEST(ValidNameTest, WhatCouldReachAShellOrResolvConfIsNothing) {
    for (const auto name : {""sv,
                            "."sv,
                            ".."sv,
                            ".org"sv,
                            "a..b"sv,
                            "example.org.."sv,
                            "a b"sv,
                            " a"sv,
                            "a "sv,
                            "a\tb"sv,
                            "a\nb"sv,
                            "a\n"sv,
                            "x\nnameserver 6.6.6.6"sv,
                            "a\rb"sv,
                            "a\0b"sv,
                            "a\0"sv,
                            "a/b"sv,
                            "../etc"sv,
                            "a;b"sv,
                            "a&b"sv,
                            "a|b"sv,
                            "$(reboot)"sv,
                            "`reboot`"sv,
                            "a'b"sv,
                            "a\"b"sv,
                            "a\\b"sv,
                            "a*"sv,
                            "a?"sv,
                            "a<b"sv,
                            "a>b"sv,
                            "(a)"sv,
                            "{a}"sv,
                            "[a]"sv,
                            "~a"sv,
                            "a!"sv,
                            "a#b"sv,
                            "a%b"sv,
                            "a=b"sv,
                            "a:b"sv,
                            "a,b"sv,
                            "a@b"sv,
                            "a+b"sv,
                            "a\x1b[2J"sv,
                            "a\x7f"sv,
                            "\xc3\xa9t\xc3\xa9"sv,
                            "a\xff"sv,
                            "a\x80"sv}) {
        EXPECT_FALSE(valid_name(name)) << testing::PrintToString(name);
    }
}

TEST(ValidNameTest, TooLongLabelsAndNamesAreNothing) {
    EXPECT_FALSE(valid_name(std::string(64, 'a')));
    EXPECT_FALSE(valid_name("example." + std::string(64, 'a')));
    const std::string label(63, 'a');
    EXPECT_FALSE(valid_name(label + "." + label + "." + label + "." + std::string(62, 'b')));  // 254
    EXPECT_FALSE(valid_name(label + "." + label + "." + label + "." + label));                 // 255
    EXPECT_FALSE(valid_name(std::string(100000, 'a')));
}

TEST(ValidNameTest, EveryByteOutsideTheAlphabetIsRefused) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        const bool in_alphabet = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                 c == '-' || c == '_' || c == '.';
        EXPECT_EQ(valid_name(std::string("a") + c + "b").has_value(), in_alphabet) << byte;
    }
}

}  // namespace
}  // namespace nlinit::dhcp
