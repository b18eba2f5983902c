// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/mount_row.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "nlinit/machine/mount_options.hpp"

namespace nlinit {
namespace {

MountRow row_with(std::string_view options) {
    return mount_row({.source = "tmpfs", .target = "/run", .type = "tmpfs", .options = std::string(options)});
}

TEST(MountRowTest, KeepsAllThatTheWordsSay) {
    const MountWords mount{"tag", "/x", "virtiofs", "ro,cache=none", Importance::optional, true};
    const MountRow row{.source = "tag",
                       .target = "/x",
                       .type = "virtiofs",
                       .flags = MS_RDONLY,
                       .data = "cache=none",
                       .copy_up = true,
                       .skip_if_exists = {}};
    EXPECT_EQ(mount_row(mount), row);
}

TEST(MountRowTest, TakesFlagsAndDataApart) {
    const struct {
        std::string_view options;
        unsigned long flags;
        std::string_view data;
    } cases[] = {
        {"", 0, ""},
        {"nodev,nosuid,mode=0755", MS_NODEV | MS_NOSUID, "mode=0755"},
        {"size=64m,ro,nr_inodes=1k", MS_RDONLY, "size=64m,nr_inodes=1k"},
        {"rbind,ro", MS_BIND | MS_REC | MS_RDONLY, ""},
        {"defaults,noauto,nofail,nouser,_netdev,x-mount.mkdir,X-a=b,comment=x", 0, ""},
        {"ro,rw", 0, ""},
        {"nodev,nosuid,noexec,dev", MS_NOSUID | MS_NOEXEC, ""},
        {"relatime,noatime", MS_NOATIME, ""},
        {"strictatime,relatime", MS_RELATIME, ""},
        {",,ro,", MS_RDONLY, ""},
        {"READONLY", 0, "READONLY"},
        {"user", MS_NOEXEC | MS_NOSUID | MS_NODEV, ""},
        {"users,exec", MS_NOSUID | MS_NODEV, ""},
        {"exec,users", MS_NOEXEC | MS_NOSUID | MS_NODEV, ""},
        {"owner", MS_NOSUID | MS_NODEV, ""},
        {"group,dev", MS_NOSUID, ""},
    };
    for (const auto& [options, flags, data] : cases) {
        const auto row = row_with(options);
        EXPECT_EQ(row.flags, flags) << options;
        EXPECT_EQ(row.data, data) << options;
    }
}

TEST(MountRowTest, KeepsWhatIsNotAnOption) {
    const auto row = mount_row({"tag", "/x", "virtiofs", "ro"});
    EXPECT_EQ(row.source, "tag");
    EXPECT_EQ(row.target, "/x");
    EXPECT_EQ(row.type, "virtiofs");
    EXPECT_EQ(row.skip_if_exists, "");
}

TEST(MountRowTest, TerminalsAreSkippedWhenTheirMultiplexerIsThere) {
    EXPECT_EQ(mount_row({"devpts", "/dev/pts", "devpts", ""}).skip_if_exists, "/dev/pts/ptmx");
}

TEST(MountRowTest, PropagationIsAStepOfItsOwnForEachWord) {
    const struct {
        std::string word;
        unsigned long flags;
    } cases[] = {{"shared", MS_SHARED},         {"rshared", MS_SHARED | MS_REC},
                 {"slave", MS_SLAVE},           {"rslave", MS_SLAVE | MS_REC},
                 {"private", MS_PRIVATE},       {"rprivate", MS_PRIVATE | MS_REC},
                 {"unbindable", MS_UNBINDABLE}, {"runbindable", MS_UNBINDABLE | MS_REC}};
    for (const auto& [word, flags] : cases) {
        const auto row = mount_row({"", "/", "", word});
        EXPECT_EQ(row.flags, 0U) << word;
        EXPECT_EQ(row.propagation, std::vector<unsigned long>{flags}) << word;
        EXPECT_TRUE(is_only_propagation(row)) << word;
        EXPECT_EQ(options_of(row), word);
    }
    const auto bound = mount_row({"/a", "/b", "", "bind,rslave,shared"});
    EXPECT_EQ(bound.flags, static_cast<unsigned long>(MS_BIND));  // "rslave" makes no rbind of it
    EXPECT_EQ(bound.propagation, (std::vector<unsigned long>{MS_SLAVE | MS_REC, MS_SHARED}));
    EXPECT_FALSE(is_only_propagation(bound));
    for (const auto* source : {"LABEL=x", "users", "/dev/vdb", "virtiofs:users"})
        EXPECT_FALSE(is_only_propagation(mount_row({source, "/x", "", "shared"}))) << source;
    for (const auto* source : {"none", "/x"})
        EXPECT_TRUE(is_only_propagation(mount_row({source, "/x", "", "shared"}))) << source;
    EXPECT_TRUE(is_only_propagation(MountWords{"", "/x", "none", "shared"}));
    EXPECT_FALSE(is_only_propagation(MountWords{"", "/x", "tmpfs", "shared"}));
    EXPECT_FALSE(is_only_propagation(MountWords{"", "/x", "none", "shared,remount"}));
    EXPECT_FALSE(is_only_propagation(row_with("shared")));
}

TEST(OptionsOfTest, PrintsWhatWasRead) {
    for (const auto* options :
         {"bind,rslave,shared", "", "nodev,nosuid,mode=0755", "ro,rbind", "ro,bind", "nodev,nosuid,noexec", "size=64m"})
        EXPECT_EQ(options_of(row_with(options)), options);
}

TEST(MountRowTest, AnOverlayHasTheLayersThatItsOptionsName) {
    const auto layers_of = [](const char* type, const char* options) {
        return overlay_layers(mount_row({"overlay", "/x", type, options}));
    };
    EXPECT_EQ(layers_of("overlay", "ro,lowerdir=/a:/b::/c,upperdir=/u,workdir=/w,index=off"),
              (std::vector<std::string>{"/a", "/b", "/c", "/u", "/w"}));
    EXPECT_TRUE(layers_of("tmpfs", "lowerdir=/a").empty());
}

TEST(MountOptionsTest, WordsThatMount8ObeysAndThatChangeWhatIsMountedAreNamed) {
    for (const std::string word : {"X-mount.subdir=a", "X-mount.owner=www", "X-mount.mode=0700",
                                   "X-mount.idmap=u:0:1:1", "x-systemd.makefs", "loop", "loop=/dev/loop1"})
        EXPECT_EQ(fault_of_options("ro," + word + ",nosuid").find('\'' + word + "' among the options is not heeded"),
                  0U)
            << word;
    for (const char* words : {"", "ro,X-mount.mkdir,x-systemd.growfs,x-systemd.automount", "loopback=1"})
        EXPECT_EQ(fault_of_options(words), "") << words;
    EXPECT_TRUE(asks_to_grow("noatime,x-systemd.growfs"));
    EXPECT_FALSE(asks_to_grow("noatime,x-systemd.growfs2"));
}

}  // namespace
}  // namespace nlinit
