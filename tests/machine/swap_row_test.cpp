// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/swap_row.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/temporary_directory.hpp"

namespace nlinit {
namespace {

TEST(SwapRowTest, MemoryIsASizeOrAPartOfIt) {
    EXPECT_EQ(zram_size("64M", 0), 64U << 20);
    EXPECT_EQ(zram_size("2G", 1), std::uint64_t{2} << 30);
    EXPECT_EQ(zram_size("50%", 4000), 2000U);
    EXPECT_EQ(zram_size("200%", 100), 200U);
    for (const char* text : {"", "%", "0%", "201%", "-1%", "5 %", "1.5%", "max", "64", "1M", "64m"})
        EXPECT_EQ(zram_size(text, 100), std::nullopt) << text;
}

TEST(SwapRowTest, ItsNameIsTheDeviceOrTheKernelsWord) {
    SwapRow row;
    row.size = "50%";
    EXPECT_EQ(name_of(row), "zram");
    row.device = "LABEL=x";
    EXPECT_EQ(name_of(row), "LABEL=x");
}

TEST(SwapHeaderTest, IsWhatMkswapWrites) {
    const test::TemporaryDirectory directory;
    const std::string file = directory / "swap";
    for (const std::size_t page : {4096U, 65536U}) {
        const auto command = "truncate -s 0 " + file + " && truncate -s 1M " + file + " && mkswap -q -U clear -p " +
                             std::to_string(page) + " " + file + " 2>&-";
        ASSERT_EQ(std::system(command.c_str()), 0);
        std::ifstream written(file, std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(written), {}};
        EXPECT_EQ(swap_header(page, 1 << 20), content.substr(0, page)) << page;
        EXPECT_EQ(content.find_first_not_of('\0', page), std::string::npos) << page;
    }
}

}  // namespace
}  // namespace nlinit
