// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/kernel_command_line.hpp"

#include <gtest/gtest.h>

namespace nlinit::config {
namespace {

using Parameters = std::vector<KernelParameter>;
using Arguments = std::vector<std::string>;

TEST(KernelCommandLineTest, SplitsAsTheKernelDoes) {
    const struct {
        std::string_view text;
        Parameters parameters;
    } cases[] = {
        {"", {}},
        {" \t\n", {}},
        {"quiet console=hvc0\n", {{"quiet", {}}, {"console", "hvc0"}}},
        {"empty=", {{"empty", ""}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"=x", {{"=x", {}}}},
        {"key=\"two words\"", {{"key", "two words"}}},
        {"\"key=two words\"", {{"key", "two words"}}},
        {"\"two words\"", {{"two words", {}}}},
        {"a=b\" \"c", {{"a", "b\" \"c"}}},              // quotes in the middle keep the space, and stay
        {"open=\"two words", {{"open", "two words"}}},  // the end of the text closes them
        {"\"", {{"", {}}}},
        {"-- x", {}},
        {"-x", {{"-x", {}}}},
    };
    for (const auto& [text, parameters] : cases)
        EXPECT_EQ(parse_kernel_command_line(text).parameters, parameters) << text;
}

TEST(KernelCommandLineTest, WhatFollowsTheDashesIsForInit) {
    const auto line = parse_kernel_command_line("quiet -- /bin/sh -c \"echo  hi\" a=\"b c\" -- x=");
    EXPECT_EQ(line.parameters, (Parameters{{"quiet", {}}}));
    EXPECT_EQ(line.init_arguments, (Arguments{"/bin/sh", "-c", "echo  hi", "a=b c", "--", "x="}));
}

TEST(KernelCommandLineTest, OnlyBareDashesAreASeparator) {
    EXPECT_TRUE(parse_kernel_command_line("--=x --y z").init_arguments.empty());
}

TEST(KernelCommandLineTest, TheLastValueWins) {
    const auto line = parse_kernel_command_line("a=1 a=2 a b-c=3");
    ASSERT_NE(line.value_of("a"), nullptr);
    EXPECT_EQ(*line.value_of("a"), "2");
    EXPECT_EQ(*line.value_of("b_c"), "3");
    EXPECT_EQ(line.value_of("d"), nullptr);
}

TEST(KernelCommandLineTest, DashesAndUnderscoresAreTheSameInNames) {
    EXPECT_TRUE(same_key("nlinit.on_exit", "nlinit.on-exit"));
    EXPECT_FALSE(same_key("nlinit.on_exit", "nlinit.onexit"));
    EXPECT_FALSE(same_key("a_", "a"));
}

TEST(KernelCommandLineTest, EndsAtANulByte) {
    EXPECT_EQ(parse_kernel_command_line(std::string_view("a\0b c", 5)).parameters, (Parameters{{"a", {}}}));
}

TEST(KernelCommandLineTest, LongTextsAreCut) {
    std::string text;
    while (text.size() <= kMaxCommandLineSize) text += "x ";
    const auto line = parse_kernel_command_line(text);
    EXPECT_TRUE(line.cut);
    EXPECT_EQ(line.parameters.size(), kMaxCommandLineSize / 2);
    EXPECT_FALSE(parse_kernel_command_line("x").cut);
}

}  // namespace
}  // namespace nlinit::config
