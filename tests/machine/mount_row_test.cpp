#include "nlinit/machine/mount_row.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

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
        {"defaults,noauto,nofail,user,_netdev,x-mount.mkdir,X-a=b,comment=x", 0, ""},
        {"ro,rw", 0, ""},
        {"nodev,nosuid,noexec,dev", MS_NOSUID | MS_NOEXEC, ""},
        {"relatime,noatime", MS_NOATIME, ""},
        {"strictatime,relatime", MS_RELATIME, ""},
        {",,ro,", MS_RDONLY, ""},
        {"READONLY", 0, "READONLY"},
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

}  // namespace
}  // namespace nlinit
