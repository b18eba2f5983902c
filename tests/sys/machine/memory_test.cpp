// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/result.hpp"

namespace nlinit::sys {
namespace {

TEST(MemoryTest, SaysWhatTheKernelSays) {
    const auto memory = read_memory();
    ASSERT_TRUE(test::is_ok(memory));
    const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
    EXPECT_EQ(memory->total, pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    EXPECT_GT(memory->available, 0U);
    EXPECT_LE(memory->available, memory->total);
}

}  // namespace
}  // namespace nlinit::sys
