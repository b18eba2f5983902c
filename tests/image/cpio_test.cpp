// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/cpio.hpp"

#include <gtest/gtest.h>

namespace nlinit::image {
namespace {

using namespace std::string_literals;

TEST(CpioTest, AHeaderIsTheNewcFormat) {
    const auto header = cpio_header({.path = "etc/a", .mode = 0100644, .size = 0x1a2b}, 7);
    EXPECT_EQ(header,
              "070701"
              "00000007"  // inode
              "000081a4"  // mode
              "00000000"
              "00000000"  // owner
              "00000001"  // links
              "00000000"  // time
              "00001a2b"  // size
              "00000000"
              "00000000"  // disk
              "00000000"
              "00000000"  // device
              "00000006"  // size of the name
              "00000000"  // checksum
              "etc/a\0"s);
    EXPECT_EQ(header.size() % 4, 0U);
}

TEST(CpioTest, ADirectoryHasTwoLinksAndADeviceItsNumbers) {
    EXPECT_EQ(cpio_header({.path = "dev", .mode = 0040755}, 1).substr(38, 8), "00000002");
    const auto console = cpio_header({.path = "dev/console", .mode = 0020600, .major = 5, .minor = 1}, 2);
    EXPECT_EQ(console.substr(78, 16), "0000000500000001");
}

TEST(CpioTest, NamesAndContentEndAtFourBytes) {
    for (std::size_t length = 1; length < 9; ++length)
        EXPECT_EQ(cpio_header({.path = std::string(length, 'a')}, 1).size() % 4, 0U) << length;
    EXPECT_EQ(cpio_padding(0), "");
    EXPECT_EQ(cpio_padding(1), "\0\0\0"s);
    EXPECT_EQ(cpio_padding(3), "\0"s);
    EXPECT_EQ(cpio_padding(4), "");
}

TEST(CpioTest, AnArchiveEndsWithAWholeBlock) {
    for (const std::uint64_t size : {0U, 4U, 388U, 392U, 512U, 1000U}) {
        const auto trailer = cpio_trailer(size);
        EXPECT_EQ((size + trailer.size()) % 512, 0U) << size;
        EXPECT_EQ(trailer.substr(110, 11), "TRAILER!!!\0"s);
    }
}

}  // namespace
}  // namespace nlinit::image
