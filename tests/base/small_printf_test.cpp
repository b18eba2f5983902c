// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/small_printf.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <limits>
#include <string>

namespace nlinit {
namespace {

[[gnu::format(printf, 1, 2)]] std::string printed(const char* format, ...) {
    std::array<char, 200> buffer{};
    va_list arguments;
    va_start(arguments, format);
    const int length = SmallPrintf(buffer.data(), buffer.size()).print(format, arguments);
    va_end(arguments);
    EXPECT_EQ(std::string(buffer.data()).size(), static_cast<std::size_t>(length));
    return buffer.data();
}

[[gnu::format(printf, 1, 2)]] std::string as_the_library(const char* format, ...) {
    std::array<char, 200> buffer{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    va_end(arguments);
    return buffer.data();
}

int print_into(char* buffer, std::size_t size, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = SmallPrintf(buffer, size).print(format, arguments);
    va_end(arguments);
    return length;
}

#define EXPECT_AS_LIBRARY(...) EXPECT_EQ(printed(__VA_ARGS__), as_the_library(__VA_ARGS__))

TEST(SmallPrintfTest, SaysWhatTheLibrarySays) {
    EXPECT_AS_LIBRARY("no conversion");
    EXPECT_AS_LIBRARY("Unknown error %d", 524);
    EXPECT_AS_LIBRARY("%s%d", "Unknown error ", -1);
    EXPECT_AS_LIBRARY("%02x:%02x:%04x", 1, 0xab, 0x10);
    EXPECT_AS_LIBRARY("[%5d][%05d][%d]", -42, -42, std::numeric_limits<int>::min());
    EXPECT_AS_LIBRARY("%u %lu %zu %llx", std::numeric_limits<unsigned>::max(), 1UL, std::size_t{2}, ~0ULL);
    EXPECT_AS_LIBRARY("%ld %lld %i", std::numeric_limits<long>::min(), std::numeric_limits<long long>::max(), 3);
    EXPECT_AS_LIBRARY("[%8s][%.2s][%s][%c][%%]", "abc", "abc", "", 'x');
    EXPECT_AS_LIBRARY("%p", reinterpret_cast<void*>(0x1234abcd));
    EXPECT_AS_LIBRARY("%hhu %hu", static_cast<unsigned char>(200), static_cast<unsigned short>(60000));
}

TEST(SmallPrintfTest, CutsToTheBufferAndTellsTheWholeLength) {
    std::array<char, 4> buffer{'x', 'x', 'x', 'x'};
    EXPECT_EQ(print_into(buffer.data(), buffer.size(), "%s", "abcdef"), 6);
    EXPECT_STREQ(buffer.data(), "abc");
    EXPECT_EQ(print_into(nullptr, 0, "%d", 1234), 4);
}

TEST(SmallPrintfTest, ReadsNoTextBeyondItsPrecision) {
    const std::array<char, 3> unterminated{'a', 'b', 'c'};
    std::array<char, 8> buffer{};
    print_into(buffer.data(), buffer.size(), "%.3s", unterminated.data());
    EXPECT_STREQ(buffer.data(), "abc");
}

TEST(SmallPrintfTest, SurvivesWhatItDoesNotKnow) {
    std::array<char, 16> buffer{};
    print_into(buffer.data(), buffer.size(), "%f|%");
    EXPECT_STREQ(buffer.data(), "?|?");
    print_into(buffer.data(), buffer.size(), "%s", nullptr);
    EXPECT_STREQ(buffer.data(), "(null)");
}

}  // namespace
}  // namespace nlinit
