// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/swap.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "nlinit/sys/mount/block_device.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

// What is used in earnest is used in a machine of its own: tests/vm/cases/swap_on_a_disk_and_in_memory.sh.
class SwapTest : public ::testing::Test {
  protected:
    [[nodiscard]] bool make(const std::string& command) const {
        return std::system(("truncate -s 0 " + device_ + " && truncate -s 2M " + device_ + " && " + command + ' ' +
                            device_ + " > /dev/null 2>&1")
                               .c_str()) == 0;
    }
    [[nodiscard]] std::string error() const {
        SwapRow row;
        row.device = device_;
        const auto used = use_swap(row);
        return used.ok() ? std::string() : to_string(used.error());
    }
    [[nodiscard]] std::string sum() const {
        static_cast<void>(std::system(("sha256sum < " + device_ + " > " + device_ + ".sum").c_str()));
        return read_device(device_ + ".sum", 0, 64);
    }
    test::TemporaryDirectory directory_;
    std::string device_ = directory_ / "device";
};

TEST_F(SwapTest, WhatHoldsAnythingElseIsRefusedByNameAndNotWrittenTo) {
    for (const auto& [command, type] :
         {std::pair("mkfs.ext4 -q -F", "ext4"), std::pair("echo label: gpt | sfdisk -q", "partitions"),
          std::pair("echo label: dos | sfdisk -q", "partitions")}) {
        ASSERT_TRUE(make(command)) << command;
        const auto before = sum();
        EXPECT_EQ(error(), device_ + " holds " + type + ", which swap would destroy");
        EXPECT_EQ(sum(), before);
    }
}

// A signature that was left there by what the disk held before does not count.
TEST_F(SwapTest, AFilesystemWinsOverAnOldSignature) {
    ASSERT_TRUE(make("mkfs.ext4 -q -F"));
    ASSERT_EQ(
        std::system(("printf SWAPSPACE2 | dd bs=1 seek=4086 conv=notrunc of=" + device_ + " 2> /dev/null").c_str()), 0);
    EXPECT_EQ(error(), device_ + " holds ext4, which swap would destroy");
}

TEST_F(SwapTest, WhatIsBlankIsNotMadeSwapSpace) {
    ASSERT_TRUE(make("true"));
    const auto before = sum();
    EXPECT_EQ(error(), device_ + " holds no swap space: mkswap(8) makes it");
    EXPECT_EQ(sum(), before);
}

TEST_F(SwapTest, AModuleGoesWithTheAlgorithm) {
    EXPECT_EQ(module_of_zram(""), "crypto-lzo-rle");
    EXPECT_EQ(module_of_zram("zstd"), "crypto-zstd");
}

}  // namespace
}  // namespace nlinit::sys
