// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

TEST(TomlRootTest, KeysReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [root]
        device = "PARTLABEL=system"
        type = "erofs"
        options = "dax"
        read_only = false
        timeout = "2s"
        overlay = "/dev//vdb"
        overlay_type = "ext4"
        overlay_options = "noatime"
    )",
                                   "none");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.root, (Root{"PARTLABEL=system", "erofs", "dax", false, std::chrono::seconds(2), "/dev/vdb",
                                        "ext4", "noatime"}));
}

TEST(TomlRootTest, NamesOfTheKernelOfUdevAndOfDracutAreTaken) {
    for (const std::string device :
         {"254:1", "fe01", "virtiofs:myfs", "9p:my fs", "PARTUUID=0a-01/PARTNROFF=1", "/dev/disk/by-label/a\\\\x20b",
          "/dev/mapper/vg-root", "LABEL='a b'", "tmpfs", "initramfs", "myfs"}) {
        const auto parsed = parse_toml("root.device = \"" + device + '"', "none");
        EXPECT_TRUE(parsed.problems.empty()) << device;
        EXPECT_FALSE(parsed.config.root.device.empty()) << device;
    }
    EXPECT_EQ(parse_toml("root = { device = 'x=y/z', type = 'virtiofs' }", "none").config.root.device, "x=y/z");
    EXPECT_EQ(parse_toml("root.overlay = 'virtiofs:writes'", "none").config.root.overlay, "virtiofs:writes");
}

TEST(TomlRootTest, AShareMayTakeWhatIsWrittenByItsTag) {
    const auto parsed = parse_toml("[root]\noverlay = 'share'\noverlay_type = 'virtiofs'", "none");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.root.overlay, "share");
    EXPECT_EQ(parse_toml("[root]\noverlay = '/srv'\noverlay_type = 'ext4'", "none").problems.size(), 1U)
        << "that an overlay is missing would be a second complaint, and false";
}

TEST(TomlRootTest, TheOptionsSayWhetherItCanBeWrittenTo) {
    const auto of = [](const std::string& keys) { return parse_toml("[root]\ndevice = '/dev/vda'\n" + keys, "none"); };
    EXPECT_TRUE(of("").config.root.read_only);
    const auto writable = of("options = 'noatime,rw'");
    EXPECT_TRUE(writable.problems.empty());
    EXPECT_FALSE(writable.config.root.read_only);
    EXPECT_EQ(writable.sources.at("root.read_only"), "3:11");
    EXPECT_TRUE(of("options = 'rw,ro'").config.root.read_only) << "the last one counts";
    for (const std::string keys : {"read_only = true\noptions = 'rw'", "read_only = false\noptions = 'ro,noatime'"}) {
        const auto parsed = of(keys);
        ASSERT_EQ(parsed.problems.size(), 1U) << keys;
        EXPECT_TRUE(parsed.problems[0].what.ends_with(": it is mounted read-only in [root]"))
            << parsed.problems[0].what;
        EXPECT_TRUE(parsed.config.root.read_only) << keys;
    }
}

TEST(TomlRootTest, WhatGrowsIsTheOverlaysDeviceWhereThereIsOne) {
    const auto of = [](const std::string& keys) {
        return parse_toml("[root]\ndevice = '/dev/vda'\nread_only = true\n" + keys, "none");
    };
    EXPECT_TRUE(of("overlay = '/dev/vdb'\ngrow = true").problems.empty());
    EXPECT_EQ(of("overlay = 'tmpfs'\ngrow = true").problems.size(), 1U);
    EXPECT_EQ(of("grow = true").problems.size(), 1U);
    const auto by_option = of("overlay = '/dev/vdb'\noverlay_options = 'x-systemd.growfs'");
    EXPECT_TRUE(by_option.problems.empty());
    EXPECT_TRUE(by_option.config.root.grow);
    EXPECT_EQ(by_option.sources.at("root.grow"), "5:19");
    EXPECT_EQ(of("overlay = '/dev/vdb'\noverlay_options = 'loop'").problems.size(), 1U);
}

TEST(TomlRootTest, AutoIsNoType) {
    const auto parsed = parse_toml("[root]\ntype = 'auto'\noverlay = 'LABEL=x'\noverlay_type = 'auto'", "none");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.root.type, "");
    EXPECT_EQ(parsed.config.root.overlay_type, "");
}

TEST(TomlRootTest, ARootThatNothingHereCanGiveHasASentenceOfItsOwn) {
    constexpr std::string_view kUdev = "named otherwise, for udev makes the links below /dev/disk";
    constexpr std::string_view kName = "the name of a device, and that is only what the kernel calls its own root";
    constexpr std::string_view kOther = "a device, or a share by virtiofs or 9p: nlinit mounts no other root";
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"/dev/disk/by-id/virtio-1", kUdev},
        {"/dev/disk/by-path/pci-0", kUdev},
        {"/dev/root", kName},
        {"/dev/nfs", kName},
        {"nfs:192.0.2.1:/srv", kOther},
        {"gpt-auto", kOther},
        {"PARTUUID=0a-01/PARTNROFF=x", "PARTUUID=UUID/PARTNROFF=NUMBER"},
    };
    for (const auto& [device, wanted] : cases) {
        for (const std::string key : {"root.device = '", "root.overlay = '"}) {
            const auto parsed = parse_toml(key + std::string(device) + "'", "none");
            ASSERT_EQ(parsed.problems.size(), 1U) << device;
            EXPECT_NE(parsed.problems[0].what.find(wanted), std::string::npos) << parsed.problems[0].what;
            EXPECT_EQ(parsed.config, *profile("none")) << device;
        }
        const auto parsed =
            parse_toml("mount = [{ target = '/x', type = 'auto', source = '" + std::string(device) + "' }]", "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << device;
        EXPECT_NE(parsed.problems[0].what.find(wanted), std::string::npos) << parsed.problems[0].what;
    }
}

TEST(TomlRootTest, MistakesAreNamedAndTheKeyIsNotUsed) {
    const struct {
        std::string_view key, problem;
    } cases[] = {
        {"device = \"/srv\"",
         "'device' in [root] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the tag "
         "of a "
         "share, not '/srv'"},
        {"device = \"UUUID=1\"",
         "'device' in [root] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the tag "
         "of a "
         "share, not 'UUUID=1'"},
        {"device = \"/dev/../etc\"",
         "'device' in [root] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the tag "
         "of a "
         "share, not '/dev/../etc'"},
        {"overlay = \"vdb\"",
         "'overlay' in [root] must be \"tmpfs\", a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or "
         "SERIAL=), or a share (virtiofs:TAG, 9p:TAG), not 'vdb'"},
        {"type = \"\"", "'type' in [root] must be a text without control characters, and not an empty one, not ''"},
        {"options = 1", "'options' in [root] must be a text without control characters, and not an empty one, not 1"},
        {"read_only = \"yes\"", "'read_only' in [root] must be true or false, not 'yes'"},
        {"timeout = 5", "'timeout' in [root] must be a time such as \"6s\" or \"500ms\", up to a day, not 5"},
        {"overlayy = \"tmpfs\"", "unknown key 'overlayy' in [root]: did you mean 'overlay'?"},
    };
    for (const auto& [key, problem] : cases) {
        const auto parsed = parse_toml("[root]\n" + std::string(key), "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << key;
        EXPECT_EQ(parsed.problems[0].what, problem);
        EXPECT_EQ(parsed.problems[0].line, 2U);
        EXPECT_EQ(parsed.config, *profile("none")) << key;
    }
    const auto parsed = parse_toml("[root]\noverlay_options = \"size=1m\"", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what, "'overlay_type' and 'overlay_options' need an 'overlay' in [root]");
    const auto memory = parse_toml("[root]\noverlay = 'tmpfs'\noverlay_type = 'ext4'", "none");
    ASSERT_EQ(memory.problems.size(), 1U);
    EXPECT_EQ(memory.problems[0].what, "'overlay_type' is of a device, and 'overlay' is \"tmpfs\" in [root]");
}

TEST(TomlBinfmtTest, ARowBecomesWhatTheKernelReads) {
    const auto parsed = parse_toml(R"(
        [[binfmt]]
        name = "rosetta"
        magic = '\x7fELF\x02\x01'
        mask = '\xff\xff\xff\xff\xff\xfe'
        interpreter = "/mnt/rosetta"
        flags = "OCF"
        [[binfmt]]
        name = "jar"
        extension = "jar"
        interpreter = "/bin/java"
        [[binfmt]]
        name = "late"
        magic = "abc"
        offset = 253
        interpreter = "/bin/late"
    )",
                                   "none");
    EXPECT_TRUE(parsed.problems.empty());
    const auto& rows = parsed.config.binfmts;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].registration, R"(:rosetta:M:0:\x7fELF\x02\x01:\xff\xff\xff\xff\xff\xfe:/mnt/rosetta:OCF)");
    EXPECT_EQ(rows[1].registration, ":jar:E::jar::/bin/java:");
    EXPECT_EQ(rows[2].registration, ":late:M:253:abc::/bin/late:");
}

TEST(TomlBinfmtTest, MistakesAreNamedAndTheRowIsNotUsed) {
    const struct {
        std::string_view row, problem;
    } cases[] = {
        {"name = 'x'\ninterpreter = '/i'", "either 'magic' or 'extension' is needed in [[binfmt]]"},
        {"name = 'x'\ninterpreter = '/i'\nmagic = 'm'\nextension = 'e'",
         "'magic' and 'extension' exclude one another in [[binfmt]]"},
        {"magic = 'm'\ninterpreter = '/i'", "'name' is missing in [[binfmt]]"},
        {"name = 'x'\nmagic = 'm'", "'interpreter' is missing in [[binfmt]]"},
        {"name = 'register'\nmagic = 'm'\ninterpreter = '/i'",
         "'name' in [[binfmt]] must be a name without '/' and ':', and not \"register\" or \"status\", not 'register'"},
        {"name = 'x'\nmagic = 'm'\ninterpreter = 'i'",
         "'interpreter' in [[binfmt]] must be an absolute path of up to 127 bytes, without ':', not 'i'"},
        {"name = 'x'\nmagic = 'a:b'\ninterpreter = '/i'",
         "'magic' in [[binfmt]] must be bytes as text, others as '\\xNN' in single quotes, up to 256 of them, not "
         "'a:b'"},
        {"name = 'x'\nmagic = '\\x7'\ninterpreter = '/i'",
         "'magic' in [[binfmt]] must be bytes as text, others as '\\xNN' in single quotes, up to 256 of them, not "
         "'\\x7'"},
        {"name = 'x'\nmagic = 'ab'\nmask = 'a'\ninterpreter = '/i'",
         "'mask' must have as many bytes as 'magic' in [[binfmt]]"},
        {"name = 'x'\nmagic = 'abcd'\noffset = 253\ninterpreter = '/i'",
         "'magic' must end within the first 256 bytes of a file in [[binfmt]]"},
        {"name = 'x'\nmagic = 'ab'\noffset = -1\ninterpreter = '/i'",
         "'offset' in [[binfmt]] must be a number from 0 to 255, not -1"},
        {"name = 'x'\nextension = '.jar'\ninterpreter = '/i'",
         "'extension' in [[binfmt]] must be letters without '.', '/' and ':', not '.jar'"},
    };
    for (const auto& [row, problem] : cases) {
        const auto parsed = parse_toml("[[binfmt]]\n" + std::string(row), "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << row;
        EXPECT_EQ(parsed.problems[0].what, problem);
        EXPECT_EQ(parsed.config, *profile("none")) << row;
    }
}

}  // namespace
}  // namespace nlinit::config
