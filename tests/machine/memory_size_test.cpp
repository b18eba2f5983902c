// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/memory_size.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

TEST(MemorySizeTest, HasAUnitAndIsNoLessThanAProgramNeeds) {
    EXPECT_EQ(parse_memory("512M"), 512U << 20);
    EXPECT_EQ(parse_memory("2G"), std::uint64_t{2} << 30);
    EXPECT_EQ(parse_memory("8192K"), 8U << 20);
    EXPECT_EQ(parse_memory("max"), kMemoryWithoutLimit);
    for (const char* text : {"", "M", "512", "512m", "512 M", "1.5G", "-1G", "3M", "0G", "4294967296M", "512MB", "Max"})
        EXPECT_EQ(parse_memory(text), std::nullopt) << text;
    for (const char* text : {"512M", "2G", "5000K", "max", "1025M"}) EXPECT_EQ(memory_text(*parse_memory(text)), text);
}

}  // namespace
}  // namespace nlinit
