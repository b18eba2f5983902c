// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

TEST(TomlRowsTest, RowsReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [[mount]]
        source = "users"
        target = "/home//users/"
        type = "virtiofs"
        options = "ro"
        optional = true
        [[mount]]
        target = "/scratch"
        type = "tmpfs"
        required = true
        copy_up = true
        [[mount]]
        source = "/var/lib"
        target = "/srv"
        options = "ro,bind"
        [[file]]
        path = "/etc/docker/daemon.json"
        content = "{\n}\u0000"
        mode = "0600"
        [[directory]]
        path = "/srv/data"
        mode = "0700"
        [[symlink]]
        path = "/bin/sh"
        target = "busybox"
        if_exists = true
    )",
                                   "none");
    EXPECT_TRUE(parsed.problems.empty());
    const auto& config = parsed.config;
    EXPECT_EQ(config.mounts,
              (std::vector<MountWords>{{"users", "/home/users", "virtiofs", "ro", Importance::optional, false},
                                       {"tmpfs", "/scratch", "tmpfs", "", Importance::required, true},
                                       {"/var/lib", "/srv", "", "ro,bind", Importance::ordinary, false}}));
    EXPECT_EQ(config.files, (std::vector<File>{{"/etc/docker/daemon.json", std::string("{\n}\0", 4), 0600}}));
    EXPECT_EQ(config.directories, (std::vector<Directory>{{"/srv/data", 0700, OldMode::replaced}}));
    EXPECT_EQ(config.symlinks, (std::vector<Symlink>{{"/bin/sh", "busybox", true}}));
}

TEST(TomlRowsTest, NothingBesidePropagationIsDroppedInSilence) {
    const std::pair<std::string, std::string> cases[] = {
        {"options = 'ro,rshared'",
         "'ro' among the options is not heeded: a row without a source only sets the propagation of what is mounted "
         "there; with \"remount\" among them it changes that mount in [[mount]]"},
        {"options = 'rshared', source = 'users'", "'type' is missing in [[mount]]"},
        {"type = 'swap', source = '/dev/vdb'", "swap is not mounted, but used: by [[swap]] in [[mount]]"},
    };
    for (const auto& [row, sentence] : cases) {
        const auto parsed = parse_toml("mount = [{ target = '/x', " + row + " }]", "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << row;
        EXPECT_EQ(parsed.problems[0].what, sentence);
        EXPECT_EQ(parsed.config.mounts.size(), row.find("ro,") == std::string::npos ? 0U : 1U) << row;
    }
    EXPECT_EQ(parse_toml("mount = [{ target = 'none', source = 'UUID=x', type = 'swap' }]", "none").problems.size(),
              1U);
}

TEST(TomlRowsTest, SwapIsOnADeviceOrInMemory) {
    const auto parsed = parse_toml(R"(
        [[swap]]
        device = "/dev//vdb"
        priority = 5
        required = true
        [[swap]]
        device = "SERIAL=swap-1"
        optional = true
        [[swap]]
        zram = "50%"
        algorithm = "zstd"
    )",
                                   "none");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(
        parsed.config.swaps,
        (std::vector<SwapRow>{
            {.device = "/dev/vdb", .size = {}, .algorithm = {}, .priority = 5, .importance = Importance::required},
            {.device = "SERIAL=swap-1",
             .size = {},
             .algorithm = {},
             .priority = {},
             .importance = Importance::optional},
            {.device = {}, .size = "50%", .algorithm = "zstd", .priority = {}}}));
}

TEST(TomlRowsTest, ARowOfSwapThatCannotBeUsedIsNamed) {
    const std::pair<std::string, std::string> cases[] = {
        {"{ priority = 1 }", "either 'device' or 'zram' is needed in [[swap]]"},
        {"{ device = '/dev/vdb', zram = '50%' }", "'device' and 'zram' exclude one another in [[swap]]"},
        {"{ device = '/dev/vdb', algorithm = 'zstd' }", "'algorithm' is for 'zram' in [[swap]]"},
        {"{ zram = '50%' }, { zram = '64M' }", "second row with zram = 'zram' in [[swap]]"},
        {"{ device = '/swapfile' }",
         "'device' in [[swap]] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), not "
         "'/swapfile'"},
    };
    for (const auto& [rows, sentence] : cases) {
        const auto parsed = parse_toml("swap = [" + rows + "]", "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << rows;
        EXPECT_EQ(parsed.problems[0].what, sentence);
    }
}

TEST(TomlRowsTest, AMountThatCannotWorkIsNamedAndLeftOut) {
    const std::pair<std::string, std::string> cases[] = {
        {"type = 'none'", "type \"none\" is for 'bind', 'move', 'remount' and propagation in [[mount]]"},
        {"type = 'none', source = '/a', optional = true",
         "type \"none\" is for 'bind', 'move', 'remount' and propagation in [[mount]]"},
        {"options = 'bind'", "'bind' and 'move' need a 'source' in [[mount]]"},
        {"options = 'move', type = 'none', copy_up = true", "'bind' and 'move' need a 'source' in [[mount]]"},
        {"source = 'UUID=', type = 'ext4'",
         "'source' in [[mount]] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the "
         "tag of a share, not 'UUID='"},
        {"source = 'LABLE=x', type = 'ext4'",
         "'source' in [[mount]] must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the "
         "tag of a share, not 'LABLE=x'"},
    };
    for (const auto& [row, sentence] : cases) {
        const auto parsed = parse_toml("mount = [{ target = '/x', " + row + " }]", "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << row;
        EXPECT_EQ(parsed.problems[0].what, sentence);
        EXPECT_TRUE(parsed.config.mounts.empty()) << row;
    }
    for (const std::string row : {"source = 'a=b', type = 'virtiofs'", "options = 'remount,bind,ro'"})
        EXPECT_TRUE(parse_toml("mount = [{ target = '/x', " + row + " }]", "none").problems.empty()) << row;
}

TEST(TomlRowsTest, NofailIsOptionalUnlessTheRowIsRequired) {
    const auto importance = [](const std::string& keys) {
        return parse_toml("mount = [{ target = '/x', type = 'tmpfs', options = 'nofail'" + keys + " }]", "none")
            .config.mounts.at(0)
            .importance;
    };
    EXPECT_EQ(importance(""), Importance::optional);
    EXPECT_EQ(importance(", required = false"), Importance::optional);
    EXPECT_EQ(importance(", required = true"), Importance::required);
    EXPECT_EQ(importance(", optional = false"), MountWords().importance);
}

TEST(TomlRowsTest, WhatIsToGrowIsNotReadOnly) {
    const auto parsed =
        parse_toml("mount = [{ target = '/x', source = '/dev/vdb', options = 'ro', grow = true }]", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what,
              "'grow' needs a filesystem that can be written to, and the 'options' say ro in [[mount]]");
}

TEST(TomlRowsTest, AMountNeedsNoTypeWhereItsSourceOrItsOptionsSayEnough) {
    for (const std::string row :
         {"options = 'rshared'", "options = 'private'", "options = 'nofail,runbindable,defaults'",
          "options = 'rshared', source = 'none', type = 'none'", "options = 'rshared', source = '/x'",
          "options = 'remount,ro,rshared'", "options = 'rshared', source = 'virtiofs:users'",
          "options = 'rshared', source = 'users', type = 'auto'", "options = 'slave', type = 'none'",
          "source = '/a', options = 'rbind,rslave'", "source = 'UUID=01-02'", "source = 'LABEL=a b'",
          "source = 'PARTUUID=01-02'", "source = '/dev/vdb', type = 'auto'", "source = '/dev/disk/by-uuid/x'",
          "source = 'virtiofs:users'", "source = 'users', type = 'auto'", "source = '254:0'",
          "source = '/a', options = 'bind', type = 'none'"}) {
        const auto parsed = parse_toml("mount = [{ target = '/x', " + row + " }]", "none");
        EXPECT_TRUE(parsed.problems.empty()) << row << ": " << to_string(parsed.problems.front(), "");
        ASSERT_EQ(parsed.config.mounts.size(), 1U) << row;
        EXPECT_EQ(parsed.config.mounts[0].type, "") << row;
    }
    for (const std::string row : {"source = 'users'", "source = 'cafe'", "source = '/srv'", "options = 'ro'"}) {
        const auto parsed = parse_toml("mount = [{ target = '/x', " + row + " }]", "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << row;
        EXPECT_EQ(parsed.problems[0].what, "'type' is missing in [[mount]]") << row;
    }
    const auto parsed = parse_toml("mount = [{ target = '/x', type = 'auto' }]", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what, "'source' is missing in [[mount]]");
    EXPECT_TRUE(parsed.config.mounts.empty());
}

TEST(TomlRowsTest, WordsOfFstabForWhoeverMountsAreHeededOrNamed) {
    const auto row = [](const std::string& rest) {
        return parse_toml("mount = [{ target = '/x', type = 'tmpfs', " + rest + " }]", "none");
    };
    EXPECT_EQ(row("options = 'ro,nofail'").config.mounts[0].importance, Importance::optional);
    EXPECT_EQ(row("options = 'nofail', required = true").config.mounts[0].importance, Importance::required);
    EXPECT_EQ(row("options = 'nofails'").config.mounts[0].importance, Importance::ordinary);
    const auto parsed = row("options = 'noauto,ro'");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what, "'noauto' among the options is not heeded: leave the row out in [[mount]]");
    EXPECT_EQ(parsed.config.mounts.size(), 1U);
}

TEST(TomlRowsTest, RowTakesThePlaceOfTheProfilesRow) {
    const auto base = *profile("arcbox");
    const auto parsed = parse_toml(R"(
        mount = [{ target = "/var", type = "ext4", source = "/dev/vdb" }, { target = "/srv", type = "tmpfs" }]
        file = [{ path = "/etc/passwd", content = "" }, { path = "/dev/fd", content = "x" }]
    )",
                                   "arcbox");
    EXPECT_TRUE(parsed.problems.empty());
    ASSERT_EQ(parsed.config.mounts.size(), base.mounts.size() + 1);
    for (std::size_t i = 0; i < base.mounts.size(); ++i)
        EXPECT_EQ(parsed.config.mounts[i].target, base.mounts[i].target);
    EXPECT_EQ(parsed.config.mounts[3].source, "/dev/vdb");
    EXPECT_EQ(parsed.config.mounts.back().target, "/srv");
    EXPECT_EQ(parsed.config.files[0], (File{"/etc/passwd", "", 0644}));
    // One thing of one path: the file, not the link that the profile has there.
    EXPECT_EQ(parsed.config.files.back().path, "/dev/fd");
    EXPECT_EQ(parsed.config.symlinks.size(), base.symlinks.size() - 1);
}

TEST(TomlRowsTest, MistakesAreNamedAndTheRowIsNotUsed) {
    const struct {
        std::string_view text, problem;
    } cases[] = {
        {"[[mount]]\ntype = \"tmpfs\"", ":1:1: 'target' is missing in [[mount]]"},
        {"[[mount]]\ntarget = \"/x\"", ":1:1: 'type' is missing in [[mount]]"},
        {"[[mount]]\ntarget = \"x\"\ntype = \"tmpfs\"",
         ":2:10: 'target' in [[mount]] must be an absolute path without \"..\", not 'x'"},
        {"[[mount]]\ntarget = \"/x/../y\"\ntype = \"tmpfs\"",
         ":2:10: 'target' in [[mount]] must be an absolute path without \"..\", not '/x/../y'"},
        {"[mount]\ntarget = \"/x\"", ":1:1: 'mount' in the top level must be a list of tables, [[mount]], not a table"},
        {"[[file]]\npath = \"/x\"", ":1:1: 'content' is missing in [[file]]"},
        {"[[file]]\npath = \"/x\"\ncontent = 1", ":3:11: 'content' in [[file]] must be a string, not 1"},
        {"[[symlink]]\npath = \"/x\"\ntarget = \"\"",
         ":3:10: 'target' in [[symlink]] must be the path that the link holds, not ''"},
    };
    for (const auto& [text, problem] : cases) {
        const auto parsed = parse_toml(text, "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << text;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        EXPECT_EQ(parsed.config, *profile("none")) << text;
    }
}

TEST(TomlRowsTest, MistakeInAnOptionalKeySparesTheRow) {
    const struct {
        std::string_view key, problem;
    } cases[] = {
        {"mode = \"0999\"", ":4:8: 'mode' in [[file]] must be an octal number in quotes, such as \"0644\", not '0999'"},
        {"mode = 644", ":4:8: 'mode' in [[file]] must be an octal number in quotes, such as \"0644\", not 644"},
        {"mod = \"0644\"", ":4:1: unknown key 'mod' in [[file]]: did you mean 'mode'?"},
    };
    for (const auto& [key, problem] : cases) {
        const auto parsed = parse_toml("[[file]]\npath = \"/x\"\ncontent = \"\"\n" + std::string(key), "none");
        ASSERT_EQ(parsed.problems.size(), 1U) << key;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        EXPECT_EQ(parsed.config.files, (std::vector<File>{{"/x", "", 0644}})) << key;
    }
    const auto parsed =
        parse_toml("[[mount]]\ntarget = \"/x\"\ntype = \"tmpfs\"\noptional = true\nrequired = true", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what, "'optional' and 'required' exclude one another in [[mount]]");
    EXPECT_EQ(parsed.config.mounts[0].importance, Importance::ordinary);
}

TEST(TomlRowsTest, FirstRowOfAPlaceCounts) {
    const auto parsed = parse_toml(R"(
[[file]]
path = "/x"
content = "first"
[[file]]
path = "//x/"
content = "second"
[[directory]]
path = "/x"
[[mount]]
target = "/x"
type = "tmpfs"
)",
                                   "none");
    ASSERT_EQ(parsed.problems.size(), 2U);
    EXPECT_EQ(to_string(parsed.problems[0], ""), ":5:1: second row with path = '/x' in [[file]]");
    EXPECT_EQ(to_string(parsed.problems[1], ""), ":8:1: second row with path = '/x' in [[directory]]");
    ASSERT_EQ(parsed.config.files.size(), 1U);
    EXPECT_EQ(parsed.config.files[0].content, "first");
    EXPECT_TRUE(parsed.config.directories.empty());
    EXPECT_EQ(parsed.config.mounts.size(), 1U);
}

TEST(TomlRowsTest, RowsAreBounded) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "[[directory]]\npath = \"/" + std::to_string(i) + "\"\n";
    const auto parsed = parse_toml(text, "none");
    EXPECT_EQ(parsed.config.directories.size(), 1024U);
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].what, "more than 1024 of [[directory]]");
}

}  // namespace
}  // namespace nlinit::config
