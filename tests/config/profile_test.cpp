// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/profile.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nlinit::config {
namespace {

using Strings = std::vector<std::string>;

template <class Row, class Member>
Strings names(const std::vector<Row>& rows, Member Row::*member) {
    Strings list;
    for (const auto& row : rows) list.push_back(row.*member);
    return list;
}

const MountWords& mount_on(const Config& config, std::string_view target) {
    return *std::ranges::find(config.mounts, target, &MountWords::target);
}

TEST(ProfileTest, EveryNameHasOneThatSaysItsName) {
    for (const auto name : kProfileNames) {
        const auto config = profile(name);
        ASSERT_TRUE(config) << name;
        EXPECT_EQ(config->profile, name);
        EXPECT_TRUE(config->payload.command.empty()) << name;
    }
    EXPECT_EQ(std::ranges::count(kProfileNames, kDefaultProfile), 1);
    EXPECT_EQ(profile("other"), std::nullopt);
}

TEST(ProfileTest, ArcboxMountsWritableMemoryOverAReadOnlyImage) {
    const auto config = *profile("arcbox");
    EXPECT_EQ(names(config.mounts, &MountWords::target),
              (Strings{"/arcbox", "/tmp", "/run", "/var", "/etc", "/dev/pts", "/dev/shm", "/Users", "/"}));
    EXPECT_EQ(mount_on(config, "/").options, "rshared");
    EXPECT_EQ(mount_on(config, "/tmp").options, "nodev,nosuid,mode=1777,size=25%");
    for (const auto* target : {"/run", "/var", "/etc"})
        EXPECT_EQ(mount_on(config, target).options, "nodev,nosuid,mode=0755") << target;
    EXPECT_TRUE(mount_on(config, "/etc").copy_up) << "or the image's /etc/alternatives are lost";
    EXPECT_EQ(mount_on(config, "/dev/pts").options, "nosuid,noexec,gid=5,mode=0620,ptmxmode=666");
    EXPECT_EQ(mount_on(config, "/dev/shm").options, "nodev,nosuid,noexec,mode=1777,size=25%");
    EXPECT_TRUE(config.system.cgroup);
}

TEST(ProfileTest, ArcboxSharesOfTheHostAreOptional) {
    const auto config = *profile("arcbox");
    EXPECT_EQ(mount_on(config, "/Users"), (MountWords{"users", "/Users", "virtiofs", "", Importance::optional, false}));
    EXPECT_EQ(mount_on(config, "/arcbox"),
              (MountWords{"arcbox", "/arcbox", "virtiofs", "", Importance::optional, false}));
    EXPECT_EQ(mount_on(config, "/etc").importance, Importance::ordinary);
}

TEST(ProfileTest, ArcboxFillsEtcForDocker) {
    const auto config = *profile("arcbox");
    EXPECT_TRUE(config.system.hosts);
    ASSERT_EQ(names(config.files, &File::path), (Strings{"/etc/passwd", "/etc/group"}));
    EXPECT_TRUE(config.files[0].content.starts_with("root:x:0:0:"));
    EXPECT_NE(config.files[1].content.find("\ntty:x:5:\n"), std::string::npos);
    EXPECT_EQ(config.files[0].mode, 0644U);
    for (const auto& file : config.files) EXPECT_TRUE(file.keep_existing) << file.path;
    EXPECT_EQ(names(config.directories, &Directory::path),
              (Strings{"/etc/ssl/certs", "/var/lib/docker", "/var/run/docker", "/run/containerd", "/var/tmp",
                       "/var/log", "/var/cache", "/run/lock"}));
    EXPECT_EQ(config.directories[4].mode, 01777U);
    EXPECT_EQ(config.directories[7].mode, 01777U);
    EXPECT_EQ(config.symlinks.front(),
              (Symlink{"/etc/ssl/certs/ca-certificates.crt", "/cacerts/ca-certificates.crt", true}));
    EXPECT_EQ(config.system.sysctl, (std::map<std::string, std::string>{{"net.ipv4.ip_forward", "1"}}));
}

TEST(ProfileTest, ArcboxAsksForALeaseForSixSecondsAndUsesItsOwnNameServer) {
    const auto network = profile("arcbox")->network;
    EXPECT_TRUE(network.wait);
    EXPECT_EQ(network.timeout, std::chrono::seconds(6));
    EXPECT_FALSE(network.dns_from_lease);
    EXPECT_EQ(network.name_servers, (std::vector<NameServer>{Ipv4Address(192, 168, 64, 1)}));
    EXPECT_EQ(network.interfaces, std::vector<Interface>(1));
    EXPECT_EQ(network.interfaces[0].match, "primary");
    EXPECT_EQ(network.interfaces[0].method, Method::dhcp);
}

TEST(ProfileTest, MinimalTakesNameServersFromTheLease) {
    const auto config = *profile("minimal");
    EXPECT_EQ(names(config.mounts, &MountWords::target), (Strings{"/run", "/dev/pts", "/dev/shm"}));
    EXPECT_TRUE(mount_on(config, "/run").copy_up);
    EXPECT_EQ(names(config.directories, &Directory::path), (Strings{"/tmp", "/run/lock"}));
    EXPECT_EQ(names(config.symlinks, &Symlink::path),
              (Strings{"/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/ptmx"}));
    EXPECT_TRUE(config.system.cgroup);
    EXPECT_TRUE(config.system.hosts);
    EXPECT_TRUE(config.network.dns_from_lease);
    EXPECT_TRUE(config.network.name_servers.empty());
    EXPECT_EQ(config.network.interfaces.size(), 1U);
}

TEST(ProfileTest, MinimalIsTheDefaultAndHasRowsOfItsOwnForAReadOnlyRoot) {
    EXPECT_EQ(kDefaultProfile, "minimal");
    const auto rows = read_only_root_rows("minimal");
    EXPECT_EQ(names(rows.mounts, &MountWords::target), (Strings{"/tmp", "/etc", "/var"}));
    EXPECT_EQ(names(rows.directories, &Directory::path), (Strings{"/var/tmp", "/var/log"}));
    for (const auto* other : {"arcbox", "none"}) EXPECT_EQ(read_only_root_rows(other), Config()) << other;
}

TEST(ProfileTest, AMachineWithoutANameGetsOneThatResolves) {
    EXPECT_EQ(fallback_hostname("minimal"), "localhost");
    EXPECT_EQ(fallback_hostname("arcbox"), "arcbox");
    EXPECT_EQ(fallback_hostname("none"), "");
}

TEST(ProfileTest, NoneIsEmpty) {
    Config expected;
    expected.profile = "none";
    EXPECT_EQ(profile("none"), expected);
    EXPECT_TRUE(expected.network.interfaces.empty());
}

}  // namespace
}  // namespace nlinit::config
