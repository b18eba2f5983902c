// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/module_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nlinit::image {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ModuleIndexTest, AModuleIsNamedAfterItsFile) {
    EXPECT_EQ(module_name_of("kernel/drivers/net/virtio_net.ko"), "virtio_net");
    EXPECT_EQ(module_name_of("virtio-rng.ko.xz"), "virtio-rng");
    EXPECT_EQ(module_name_of("kernel/fs/ext4/README"), "");
    EXPECT_TRUE(is_compressed_module("a.ko.zst"));
    EXPECT_FALSE(is_compressed_module("a.ko"));
}

TEST(ModuleIndexTest, HyphensAndUnderscoresAreTheSame) {
    EXPECT_TRUE(is_same_module("crc32c-intel", "crc32c_intel"));
    EXPECT_FALSE(is_same_module("crc32c", "crc32c_intel"));
    EXPECT_EQ(plain_module_name("a-b_c-d"), "a_b_c_d");
}

TEST(ModuleIndexTest, AModuleIsFoundByItsWholeName) {
    const std::string index =
        "kernel/a/virtio_net_more.ko: x.ko\nkernel/virtio_net/b.ko:\nkernel/a/virtio-net.ko: y.ko";
    EXPECT_EQ(find_module(index, "virtio_net"), "kernel/a/virtio-net.ko: y.ko");
    EXPECT_EQ(find_module(index, "net"), std::nullopt);
    EXPECT_EQ(find_module(index, ""), std::nullopt);
    EXPECT_EQ(find_module("", "b"), std::nullopt);
}

TEST(ModuleIndexTest, DependenciesAreLoadedFirst) {
    EXPECT_THAT(in_order_of_loading("a.ko: b.ko c.ko"), ElementsAre("c.ko", "b.ko", "a.ko"));
    EXPECT_THAT(in_order_of_loading("a.ko:"), ElementsAre("a.ko"));
    EXPECT_THAT(in_order_of_loading(""), IsEmpty());
}

TEST(ModuleIndexTest, SoftDependenciesAreBeforeOrAfter) {
    const std::string text =
        "# soft\nsoftdep ext4 pre: crc32c crc-x post: y\nsoftdep b pre: z\nsoftdep ext4 w post: v\n";
    const auto found = soft_dependencies_of(text, "ext4");
    EXPECT_THAT(found.before, ElementsAre("crc32c", "crc-x"));
    EXPECT_THAT(found.after, ElementsAre("y", "v"));
    EXPECT_THAT(soft_dependencies_of(text, "none").before, IsEmpty());
}

TEST(ModuleIndexTest, PatternsAreThoseOfTheShell) {
    const struct {
        const char *pattern, *name;
        bool matches;
    } kCases[] = {
        {"virtio:d00000001v*", "virtio:d00000001v00001AF4", true},
        {"virtio:d00000001v*", "virtio:d00000002v00001AF4", false},
        {"pci:v00001AF4d*sv*sd*bc*sc*i*", "pci:v00001AF4d00001041sv00001AF4sd00001100bc02sc00i00", true},
        {"pci:v*d*sv*sd*bc01sc08i02*", "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02", true},
        {"pci:v*d*sv*sd*bc01sc08i02*", "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc06i01", false},
        {"platform:gpio-keys", "platform:gpio_keys", true},
        {"acpi*:PNP0C0C:*", "acpi:PNP0C0C:", true},
        {"of:N*T*Cvirtio,mmioC*", "of:Nvirtio_mmioT(null)Cvirtio,mmio", false},
        {"of:N*T*Cvirtio,mmio", "of:Nvirtio_mmioT(null)Cvirtio,mmio", true},
        {"usb:d0[1-3]x", "usb:d02x", true},
        {"usb:d0[1-3]x", "usb:d04x", false},
        {"usb:d0[!1-3]x", "usb:d04x", true},
        {"usb:[0-9A-F]", "usb:C", true},
        {"usb:[]]", "usb:]", true},
        {"usb:[x", "usb:[x", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"a**", "a", true},
    };
    for (const auto& [pattern, name, matches] : kCases)
        EXPECT_EQ(matches_alias(pattern, name), matches) << pattern << " and " << name;
}

TEST(ModuleIndexTest, APatternFullOfStarsEndsSoon) {
    std::string pattern;
    for (int i = 0; i < 40; ++i) pattern += "a*";
    EXPECT_FALSE(matches_alias(pattern + "b", std::string(2000, 'a')));
}

TEST(ModuleIndexTest, AliasesAreFoundForEachName) {
    const std::string aliases =
        "# aliases\nalias virtio:d00000001v* virtio_net\nalias fs-9p 9p\nalias pci:v00001AF4d* virtio_pci\n"
        "alias virtio:d* generic\nalias virtio:d*1v* virtio_net\nnonsense\nalias\nalias x\nalias  y\n";
    EXPECT_THAT(find_aliases(aliases, {"virtio:d00000001v1", "fs_9p", "", "virtio:d00000002v1"}),
                ElementsAre(AliasMatch{0, "virtio_net"}, AliasMatch{1, "9p"}, AliasMatch{0, "generic"},
                            AliasMatch{3, "generic"}));
    EXPECT_THAT(find_aliases(aliases, {}), IsEmpty());
    EXPECT_THAT(find_aliases("", {"a"}), IsEmpty());
}

TEST(ModuleIndexTest, LinesTellTheirModule) {
    EXPECT_EQ(module_of_alias_line("alias a:b* module_c"), "module_c");
    EXPECT_EQ(module_of_alias_line("# alias a b"), "");
    EXPECT_EQ(module_of_alias_line("alias"), "");
    EXPECT_EQ(module_of_softdep_line("softdep a pre: b"), "a");
    EXPECT_EQ(module_of_softdep_line("# softdep"), "");
    EXPECT_EQ(module_of_softdep_line(""), "");
}

}  // namespace
}  // namespace nlinit::image
