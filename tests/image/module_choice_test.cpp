// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/module_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::image {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ModuleTexts kTexts{
    .dependencies =
        "kernel/fs/ext4.ko: kernel/fs/jbd2.ko\nkernel/fs/jbd2.ko:\nkernel/lib/crc32c-a.ko:\n"
        "kernel/lib/crc32c_b.ko:\nkernel/net/virtio_net.ko: kernel/net/failover.ko\n"
        "kernel/net/failover.ko:\nkernel/x/left.ko:\nkernel/x/right.ko:\n",
    .builtin = "kernel/drivers/virtio_blk.ko\n",
    .aliases =
        "alias fs-ext4 ext4\nalias crc32c crc32c_a\nalias crc32c crc32c_b\nalias virtio:d00000001v* virtio_net\n"
        "alias gone nowhere\n",
    .soft = "softdep jbd2 pre: crc32c post: none-such\nsoftdep left pre: right\nsoftdep right post: left\n"};

TEST(ModuleChoiceTest, TakesWhatAModuleDependsOn) {
    const auto choice = choose_modules(kTexts, {.required = {"virtio-net"}, .if_there = {}});
    EXPECT_THAT(choice.files, ElementsAre("kernel/net/failover.ko", "kernel/net/virtio_net.ko"));
    EXPECT_THAT(choice.missing, IsEmpty());
}

TEST(ModuleChoiceTest, TakesSoftDependenciesOfDependenciesAndAllThatAnAliasStandsFor) {
    const auto choice = choose_modules(kTexts, {.required = {"fs-ext4"}, .if_there = {}});
    EXPECT_THAT(choice.files, ElementsAre("kernel/fs/ext4.ko", "kernel/fs/jbd2.ko", "kernel/lib/crc32c-a.ko",
                                          "kernel/lib/crc32c_b.ko"));
}

TEST(ModuleChoiceTest, SoftDependenciesInACircleHaveAnEnd) {
    EXPECT_THAT(choose_modules(kTexts, {.required = {"left"}, .if_there = {}}).files,
                ElementsAre("kernel/x/left.ko", "kernel/x/right.ko"));
}

TEST(ModuleChoiceTest, OnlyWhatIsRequiredIsMissed) {
    const auto choice = choose_modules(
        kTexts, {.required = {"virtio_blk", "none", "gone", "a/b", "fs-btrfs"}, .if_there = {"nvme", "fs-erofs"}});
    EXPECT_THAT(choice.files, IsEmpty());
    EXPECT_THAT(choice.missing, ElementsAre("none", "gone", "a/b", "fs-btrfs"));
}

TEST(ModuleChoiceTest, IndexesAreReducedToTheirModules) {
    const std::vector<std::string_view> files{"kernel/net/virtio_net.ko", "kernel/net/failover.ko",
                                              "kernel/lib/crc32c-a.ko", "kernel/x/right.ko"};
    const auto reduced = reduce(kTexts, files);
    EXPECT_EQ(reduced.dependencies,
              "kernel/lib/crc32c-a.ko:\nkernel/net/virtio_net.ko: kernel/net/failover.ko\nkernel/net/failover.ko:\n"
              "kernel/x/right.ko:\n");
    EXPECT_EQ(reduced.aliases, "alias crc32c crc32c_a\nalias virtio:d00000001v* virtio_net\n");
    EXPECT_EQ(reduced.soft, "softdep right post: left\n");
    EXPECT_EQ(reduced.builtin, kTexts.builtin);
}

TEST(ModuleChoiceTest, AGuestNeedsPacketsDisksAndFilesystems) {
    const std::vector<std::string_view> names(guest_modules().begin(), guest_modules().end());
    for (const auto* name : {"virtio_pci", "virtio_net", "nvme", "fs-erofs", "fs-overlay", "af_packet"})
        EXPECT_THAT(names, Contains(name));
}

TEST(ModuleChoiceTest, SomeFilesystemsNeedMoreThanTheirModule) {
    EXPECT_THAT(companions_of("9p"), ElementsAre("9pnet_virtio"));
    EXPECT_THAT(companions_of("vfat"), ElementsAre("nls_cp437", "nls_iso8859-1"));
    EXPECT_THAT(companions_of("ext4"), IsEmpty());
}

}  // namespace
}  // namespace nlinit::image
