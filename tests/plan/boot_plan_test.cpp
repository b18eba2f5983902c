// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/boot_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "nlinit/config/profile.hpp"
#include "nlinit/plan/file_plan.hpp"

namespace nlinit::plan {
namespace {

using config::Config;
using Strings = std::vector<std::string>;

Strings names(const BootPlan& plan) {
    Strings list;
    for (const auto& step : plan.steps) list.push_back(step.name);
    return list;
}

std::string lines(const BootPlan& plan) {
    std::string text;
    for (const auto& step : plan.steps) text += to_string(step) + '\n';
    return text;
}

MountWords tmpfs_on(std::string target) {
    MountWords mount;
    mount.source = mount.type = "tmpfs";
    mount.target = std::move(target);
    return mount;
}

TEST(BootPlanTest, ArcboxPrintsOneLineAStep) {
    auto config = *config::profile("arcbox");
    config.system.hostname = "guest";
    config.system.rlimits = {{"nofile", 1048576}, {"core", ~std::uint64_t{0}}};
    EXPECT_EQ(lines(make_boot_plan(config)),
              R"(mount cgroup2 on /sys/fs/cgroup
set host name guest
mount arcbox on /arcbox, optional
mount tmpfs on /tmp (nodev,nosuid,mode=1777,size=25%)
mount tmpfs on /run (nodev,nosuid,mode=0755)
mount tmpfs on /var (nodev,nosuid,mode=0755)
mount tmpfs on /etc (nodev,nosuid,mode=0755; copy up)
mount devpts on /dev/pts (nosuid,noexec,gid=5,mode=0620,ptmxmode=666)
mount shm on /dev/shm (nodev,nosuid,noexec,mode=1777,size=25%)
mount users on /Users, optional
write /etc/resolv.conf (192.168.64.1)
write /etc/hosts
write /etc/passwd (74 bytes, mode 0644, unless it exists)
write /etc/group (35 bytes, mode 0644, unless it exists)
make directory /etc/ssl/certs (mode 0755)
make directory /var/lib/docker (mode 0755)
make directory /var/run/docker (mode 0755)
make directory /run/containerd (mode 0755)
make directory /var/tmp (mode 1777)
make directory /var/log (mode 0755)
make directory /var/cache (mode 0755)
make directory /run/lock (mode 1777)
link /etc/ssl/certs/ca-certificates.crt to /cacerts/ca-certificates.crt (if that exists)
link /var/lock to /run/lock (unless it exists)
link /dev/fd to /proc/self/fd
link /dev/stdin to /proc/self/fd/0
link /dev/stdout to /proc/self/fd/1
link /dev/stderr to /proc/self/fd/2
link /dev/ptmx to pts/ptmx (unless it exists)
set propagation of / (rshared)
set sysctl net.ipv4.ip_forward to 1
raise sysctl fs.protected_fifos to 1, optional
raise sysctl fs.protected_hardlinks to 1, optional
raise sysctl fs.protected_regular to 1, optional
raise sysctl fs.protected_symlinks to 1, optional
raise sysctl kernel.panic to 1, optional
raise rlimit nofile to 1048576
raise rlimit core to unlimited
)");
}

TEST(BootPlanTest, NothingIsPlannedForNothing) {
    const auto plan = make_boot_plan(Config());
    EXPECT_TRUE(plan.steps.empty());
    EXPECT_TRUE(plan.modules.empty());
}

TEST(BootPlanTest, ParentsComeFirstAndTheRestKeepsItsOrder) {
    Config config;
    config.mounts = {tmpfs_on("/z"), tmpfs_on("/a/b/c"), tmpfs_on("/y"), tmpfs_on("/a"), tmpfs_on("/a/b")};
    EXPECT_EQ(names(make_boot_plan(config)), (Strings{"mount tmpfs on /z", "mount tmpfs on /a", "mount tmpfs on /a/b",
                                                      "mount tmpfs on /a/b/c", "mount tmpfs on /y"}));
}

TEST(BootPlanTest, MountsComeBeforeFilesAndDirectoriesBeforeWhatIsInThem) {
    Config config;
    config.files = {{"/srv/data/x", "", 0644}, {"/srv/link/y", "", 0644}};
    config.directories = {{"/srv/data", 0700}};
    config.symlinks = {{"/srv/link", "data", false}};
    config.mounts = {tmpfs_on("/srv")};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /srv", "make directory /srv/data", "write /srv/data/x", "link /srv/link to data",
                       "write /srv/link/y"}));
}

TEST(BootPlanTest, WhatABindMountShowsIsMadeBeforeIt) {
    Config config;
    config.mounts = {{"/srv/data/x", "/x", "", "bind"}, {"/etc/y", "/y", "", "bind"}, tmpfs_on("/srv")};
    config.files = {{"/etc/y", "", 0644}};
    config.directories = {{"/srv/data/x", 0700}};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /srv", "make directory /srv/data/x", "mount /srv/data/x on /x", "write /etc/y",
                       "mount /etc/y on /y"}));
}

TEST(BootPlanTest, TheLayersOfAnOverlayAreMadeBeforeIt) {
    Config config;
    config.mounts = {{"overlay", "/a", "overlay", "lowerdir=/image:/more/x,upperdir=/rw/up,workdir=/rw/work"},
                     tmpfs_on("/rw"),
                     tmpfs_on("/more")};
    config.directories = {{"/rw/up", 0700}, {"/rw/work", 0700}};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /more", "mount tmpfs on /rw", "make directory /rw/up", "make directory /rw/work",
                       "mount overlay on /a"}));
}

TEST(BootPlanTest, ARelativeLinkLeadsAsFarAsAnother) {
    Config config;
    config.mounts = {tmpfs_on("/srv/data/cache"), tmpfs_on("/mnt/disk")};
    config.symlinks = {{"/srv/data", "../mnt/disk", false}};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /mnt/disk", "link /srv/data to ../mnt/disk", "mount tmpfs on /srv/data/cache"}));
    EXPECT_EQ(path_looked_at(config::Symlink{"/srv/data", "../mnt/disk", true}), "/mnt/disk");
}

TEST(BootPlanTest, WhatALinkLeadsToIsThereBeforeWhoeverGoesThroughIt) {
    Config config;
    config.mounts = {tmpfs_on("/data/cache"), tmpfs_on("/mnt/disk")};
    config.symlinks = {{"/data", "/mnt/disk", false}};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /mnt/disk", "link /data to /mnt/disk", "mount tmpfs on /data/cache"}));
}

TEST(BootPlanTest, LinksThatLeadToOneAnotherComeToAnEnd) {
    Config config;
    config.symlinks = {{"/a", "/b", false}, {"/b", "/a", false}};
    EXPECT_EQ(names(make_boot_plan(config)), (Strings{"link /b to /a", "link /a to /b"}));
    config.symlinks.clear();
    for (int i = 0; i < 20'000; ++i)
        config.symlinks.push_back({"/" + std::to_string(i), "/" + std::to_string(i + 1), false});
    EXPECT_EQ(make_boot_plan(config).steps.size(), 20'000U);
}

TEST(BootPlanTest, MountsArePassedOnWhenTheyAreAllThere) {
    Config config;
    config.mounts = {{"", "/", "", "rshared"}, tmpfs_on("/run")};
    config.files = {{"/run/x", "", 0644}};
    EXPECT_EQ(names(make_boot_plan(config)), (Strings{"mount tmpfs on /run", "write /run/x", "set propagation of /"}));
}

TEST(BootPlanTest, ControlGroupsAreMountedBeforeWhatIsBelowThem) {
    Config config;
    config.system.cgroup = true;
    config.mounts = {tmpfs_on("/sys/fs/cgroup/x"), tmpfs_on("/sys/fs")};
    EXPECT_EQ(names(make_boot_plan(config)), (Strings{"mount tmpfs on /sys/fs", "mount cgroup2 on /sys/fs/cgroup",
                                                      "mount tmpfs on /sys/fs/cgroup/x"}));
}

TEST(BootPlanTest, MountAndDirectoryOfOnePlaceKeepTheirOrder) {
    Config config;
    config.directories = {{"/srv", 0700}};
    config.mounts = {tmpfs_on("/srv/x"), tmpfs_on("/srv")};
    EXPECT_EQ(names(make_boot_plan(config)),
              (Strings{"mount tmpfs on /srv", "make directory /srv", "mount tmpfs on /srv/x"}));
}

TEST(BootPlanTest, RowsOfTheUserStayAsTheyAre) {
    auto config = *config::profile("arcbox");
    config.files.push_back({"/etc/hosts", "127.0.0.1 localhost\n", 0644});
    config.symlinks.push_back({"/etc/resolv.conf", "/run/resolv.conf", false});
    for (const auto& step : make_boot_plan(config).steps) {
        EXPECT_FALSE(std::holds_alternative<WriteHosts>(step.work));
        EXPECT_FALSE(std::holds_alternative<WriteResolvConf>(step.work));
    }
}

// What is bound there is a file of the user's: it would be written through the mount.
TEST(BootPlanTest, AFileThatIsMountedStaysAsItIs) {
    auto config = *config::profile("arcbox");
    config.network.name_servers = {Ipv4Address(192, 0, 2, 53)};
    const auto bind = [](std::string_view path) {
        return MountWords{.source = "/data/file", .target = std::string(path), .type = {}, .options = "bind"};
    };
    config.mounts.push_back(bind(kResolvConfPath));
    config.mounts.push_back(bind(kHostsPath));
    for (const auto& step : make_boot_plan(config).steps) {
        EXPECT_FALSE(std::holds_alternative<WriteHosts>(step.work));
        EXPECT_FALSE(std::holds_alternative<WriteResolvConf>(step.work));
    }
}

TEST(BootPlanTest, ARemountBringsNoFile) {
    Config config;
    config.network.name_servers = {Ipv4Address(192, 0, 2, 53)};
    for (const char* options : {"remount,ro", "rprivate"}) {
        config.mounts = {{.source = {}, .target = "/etc/resolv.conf", .type = {}, .options = options}};
        EXPECT_FALSE(has_row(config, kResolvConfPath)) << options;
    }
}

TEST(BootPlanTest, MinimalLeavesAWritableRootAsItIs) {
    auto config = *config::profile("minimal");
    config.symlinks.clear();
    EXPECT_EQ(lines(make_boot_plan(config)),
              R"(mount cgroup2 on /sys/fs/cgroup
set host name as in /etc/hostname, or localhost
mount tmpfs on /run (nodev,nosuid,mode=0755; copy up)
mount devpts on /dev/pts (nosuid,noexec,gid=5,mode=0620,ptmxmode=666)
mount shm on /dev/shm (nodev,nosuid,noexec,mode=1777,size=25%)
mount tmpfs on /tmp (nodev,nosuid,mode=1777,size=25%; copy up), if the root is read-only
lay memory over /etc, if the root is read-only
lay memory over /var, if the root is read-only
make directory /var/tmp (mode 1777), if the root is read-only
make directory /var/log (mode 0755), if the root is read-only
write /etc/hosts
make directory /tmp (mode 1777)
make directory /run/lock (mode 1777)
raise sysctl fs.protected_fifos to 1, optional
raise sysctl fs.protected_hardlinks to 1, optional
raise sysctl fs.protected_regular to 1, optional
raise sysctl fs.protected_symlinks to 1, optional
raise sysctl kernel.panic to 1, optional
)");
}

TEST(BootPlanTest, ARowOfTheUsersTakesThePlaceOfMemoryOverAReadOnlyRoot) {
    auto config = *config::profile("minimal");
    config.mounts.push_back(tmpfs_on("/var"));
    config.mounts.push_back(tmpfs_on("/tmp"));
    const auto text = lines(make_boot_plan(config));
    EXPECT_EQ(text.find("over /var"), std::string::npos);
    EXPECT_NE(text.find("mount tmpfs on /var\n"), std::string::npos);
    EXPECT_NE(text.find("mount tmpfs on /tmp\n"), std::string::npos);
}

TEST(BootPlanTest, TheRootIsRemountedBeforeAnythingDependsOnIt) {
    auto config = *config::profile("minimal");
    config.mounts.push_back({"", "/", "", "remount,rw"});
    EXPECT_EQ(path_of(make_boot_plan(config).steps[2].work), "/");
}

TEST(BootPlanTest, TheRootIsSharedWhenAllIsMountedWhateverElseItsRowSays) {
    for (const auto* options : {"rshared", "remount,rw,rshared", "rshared,remount"}) {
        Config config;
        config.mounts = {{"", "/", "", options}, tmpfs_on("/run")};
        const auto text = lines(make_boot_plan(config));
        EXPECT_TRUE(text.ends_with("mount tmpfs on /run\nset propagation of / (rshared)\n")) << text;
        EXPECT_EQ(text.starts_with("remount / (remount)\n"), std::string_view(options) != "rshared") << text;
    }
}

TEST(BootPlanTest, OnlyArcboxHidesWhatAnImageHas) {
    EXPECT_EQ(hidden_by_profile(*config::profile("arcbox")), (Strings{"/var"}));
    EXPECT_TRUE(hidden_by_profile(*config::profile("minimal")).empty());
    auto config = *config::profile("arcbox");
    for (auto& mount : config.mounts) mount.copy_up = false;
    EXPECT_EQ(hidden_by_profile(config), (Strings{"/etc", "/var"}));
}

TEST(BootPlanTest, ASysctlWithADashMayFail) {
    Config config;
    config.system.sysctl = {{"-net.x", "1"}, {"net.y", "2"}};
    EXPECT_EQ(lines(make_boot_plan(config)), "set sysctl net.x to 1, optional\nset sysctl net.y to 2\n");
    EXPECT_EQ(key_of(make_boot_plan(config).steps[0]), "system.sysctl.-net.x");
}

TEST(BootPlanTest, ASysctlThatSetsOthersComesBeforeThem) {
    Config config;
    config.system.sysctl = {{"-net.ipv4.conf.eth0.forwarding", "0"},
                            {"net.ipv4.conf.*.forwarding", "1"},
                            {"net.ipv4.conf.all.rp_filter", "2"},
                            {"net.ipv4.ip_forward", "1"}};
    EXPECT_EQ(lines(make_boot_plan(config)),
              "set sysctl net.ipv4.ip_forward to 1\n"
              "set sysctl net.ipv4.conf.*.forwarding to 1\n"
              "set sysctl net.ipv4.conf.eth0.forwarding to 0, optional\n"
              "set sysctl net.ipv4.conf.all.rp_filter to 2\n");
}

TEST(BootPlanTest, ResolvConfWaitsForTheLeaseWhenNoServerIsKnown) {
    for (const auto& step : make_boot_plan(*config::profile("minimal")).steps)
        EXPECT_FALSE(std::holds_alternative<WriteResolvConf>(step.work));
}

TEST(BootPlanTest, ImportanceIsThatOfTheMount) {
    Config config;
    config.mounts = {tmpfs_on("/a"), tmpfs_on("/b")};
    config.mounts[1].importance = Importance::required;
    config.mounts[1].copy_up = true;
    EXPECT_EQ(lines(make_boot_plan(config)), "mount tmpfs on /a\nmount tmpfs on /b (copy up), required\n");
}

TEST(BootPlanTest, ManyRowsAreOrderedInTime) {
    Config config;
    for (int i = 0; i < 20'000; ++i) config.directories.push_back({"/a/b/c/d/" + std::to_string(i), 0755});
    EXPECT_EQ(make_boot_plan(config).steps.size(), config.directories.size());
}

TEST(BootPlanTest, APatternAmongTheSysctlsKeepsTheProfilesFloorsAway) {
    for (const std::string key : {"fs.protected_*", "-fs.protected_*"}) {
        config::Config config = *config::profile("minimal");
        config.system.sysctl = {{key, "0"}};
        std::string names;
        for (const auto& step : make_boot_plan(config).steps) names += to_string(step) + '\n';
        EXPECT_EQ(names.find("raise sysctl fs.protected_"), std::string::npos) << key << '\n' << names;
        EXPECT_NE(names.find("raise sysctl kernel.panic"), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace nlinit::plan
