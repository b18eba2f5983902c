// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/profile.hpp"

#include <array>

#include "nlinit/base/path.hpp"

namespace nlinit::config {
namespace {

using std::string_view;

struct MountEntry {
    string_view source, target, type;
    string_view options = {};
    Importance importance = Importance::ordinary;
    bool copy_up = false;
};
struct FileEntry {
    string_view path, content;
};
struct DirectoryEntry {
    string_view path;
    std::uint32_t mode = 0755;
};
struct SymlinkEntry {
    string_view path, target;
    bool if_exists = false;
    bool keep_existing = false;
};

// A devpts that the kernel itself does not mount: group 5 is tty, which grantpt(3) expects; ptmxmode makes
// /dev/pts/ptmx usable, which /dev/ptmx points to (Documentation/filesystems/devpts.rst).
constexpr MountEntry kTerminals{.source = "devpts",
                                .target = "/dev/pts",
                                .type = "devpts",
                                .options = "nosuid,noexec,gid=5,mode=0620,ptmxmode=666"};
// What shm_open(3) and sem_open(3) need. Everybody may write there and to /tmp: together they take half of the memory,
// where a tmpfs by itself takes as much, and the rest is for programs.
constexpr MountEntry kSharedMemory{
    .source = "shm", .target = "/dev/shm", .type = "tmpfs", .options = "nodev,nosuid,noexec,mode=1777,size=25%"};
// What fails where they are missing: mkstemp(3), lock files of Debian's packages, logs.
constexpr std::uint32_t kForEverybody = 01777;
constexpr DirectoryEntry kLocks{"/run/lock", kForEverybody};
constexpr DirectoryEntry kLongLivedTemporaries{"/var/tmp", kForEverybody};
constexpr DirectoryEntry kLogs{"/var/log"};

constexpr MountEntry kTmp{
    .source = "tmpfs", .target = "/tmp", .type = "tmpfs", .options = "nodev,nosuid,mode=1777,size=25%"};
constexpr MountEntry kRun{.source = "tmpfs", .target = "/run", .type = "tmpfs", .options = "nodev,nosuid,mode=0755"};

// An image may have made directories for its programs in /run, with owners of their own: they are kept.
constexpr MountEntry kept(MountEntry entry) {
    entry.copy_up = true;
    return entry;
}

constexpr std::array kArcboxMounts{
    // The host's share with ArcBox's own files: there when the host offers it.
    MountEntry{.source = "arcbox", .target = "/arcbox", .type = "virtiofs", .importance = Importance::optional},
    // The image is read-only: all that is written goes to memory.
    kTmp,
    kRun,
    MountEntry{.source = "tmpfs", .target = "/var", .type = "tmpfs", .options = "nodev,nosuid,mode=0755"},
    // With what the image has there: iptables is a link to /etc/alternatives, and without it dockerd does not start.
    kept({.source = "tmpfs", .target = "/etc", .type = "tmpfs", .options = "nodev,nosuid,mode=0755"}),
    kTerminals,
    kSharedMemory,
    MountEntry{.source = "users", .target = "/Users", .type = "virtiofs", .importance = Importance::optional},
};
static_assert(parents_come_first(kArcboxMounts));

constexpr std::array kMinimalMounts{kept(kRun), kTerminals, kSharedMemory};
static_assert(parents_come_first(kMinimalMounts));
constexpr std::array kMinimalDirectories{DirectoryEntry{"/tmp", kForEverybody}, kLocks};

// Where the root is read-only. An overlay has no source and no options: see plan::LayOver.
constexpr std::array kReadOnlyRootMounts{
    kept(kTmp),
    MountEntry{.source = "overlay", .target = "/etc", .type = "overlay"},
    MountEntry{.source = "overlay", .target = "/var", .type = "overlay"},
};
constexpr std::array kReadOnlyRootDirectories{kLongLivedTemporaries, kLogs};

// The least that getpwnam(3) and getgrnam(3) must know for containerd and dockerd, where the image does not say.
constexpr std::array<FileEntry, 2> kArcboxFiles{{
    {"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"},
    {"/etc/group", "root:x:0:\ntty:x:5:\nnobody:x:65534:\n"},
}};

constexpr std::array kArcboxDirectories{DirectoryEntry{"/etc/ssl/certs"},
                                        DirectoryEntry{"/var/lib/docker"},
                                        DirectoryEntry{"/var/run/docker"},
                                        DirectoryEntry{"/run/containerd"},
                                        kLongLivedTemporaries,
                                        kLogs,
                                        DirectoryEntry{"/var/cache"},
                                        kLocks};

// devtmpfs has none of the first four; shells, <() and many programs open them.
constexpr std::array<SymlinkEntry, 5> kDeviceLinks{{
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
    {.path = "/dev/ptmx", .target = "pts/ptmx", .keep_existing = true},  // devtmpfs has a device that does the same
}};

constexpr SymlinkEntry kCertificates{
    .path = "/etc/ssl/certs/ca-certificates.crt", .target = "/cacerts/ca-certificates.crt", .if_exists = true};

constexpr SymlinkEntry kLocksOfOld{.path = "/var/lock", .target = "/run/lock", .keep_existing = true};

// Where ArcBox's gateway forwards names to the host's resolvers.
constexpr Ipv4Address kArcboxNameServer(192, 168, 64, 1);

template <std::size_t N>
void add_mounts(const std::array<MountEntry, N>& entries, Config& config) {
    for (const auto& entry : entries)
        config.mounts.push_back({.source = std::string(entry.source),
                                 .target = std::string(entry.target),
                                 .type = std::string(entry.type),
                                 .options = std::string(entry.options),
                                 .importance = entry.importance,
                                 .copy_up = entry.copy_up});
}

template <std::size_t N>
void add_directories(const std::array<DirectoryEntry, N>& entries, Config& config) {
    for (const auto& entry : entries) {
        // The others, where they are there, are as the image's programs want them.
        const auto old = entry.mode == kForEverybody ? OldMode::replaced_where_writable : OldMode::stays;
        config.directories.push_back({.path = std::string(entry.path), .mode = entry.mode, .old_mode = old});
    }
}

void add_link(const SymlinkEntry& entry, Config& config) {
    config.symlinks.push_back(
        {std::string(entry.path), std::string(entry.target), entry.if_exists, entry.keep_existing});
}

// Off in the kernel as it comes from kernel.org: in /tmp a link, a FIFO or a file of another user's is not opened by
// who takes it for his own, and no second name is made of a file that one may not write to (sysctl/fs.rst).
constexpr std::array<string_view, 4> kProtections{"fs.protected_symlinks", "fs.protected_hardlinks",
                                                  "fs.protected_regular", "fs.protected_fifos"};

// What both profiles share: cgroups, /etc/hosts, the links in /dev, and DHCP on the primary interface.
void add_common(Config& config) {
    config.system.cgroup = true;
    config.system.hosts = true;
    for (const auto& entry : kDeviceLinks) add_link(entry, config);
    for (const auto key : kProtections) config.system.sysctl_floors.emplace(key, "1");
    // With 0 a kernel that has crashed stands still for ever, and so does its VM, which nobody restarts.
    config.system.sysctl_floors.emplace("kernel.panic", "1");
    config.network.interfaces.emplace_back();
}

Config arcbox() {
    Config config;
    add_mounts(kArcboxMounts, config);
    // Kubernetes and dockerd's shared volumes want what is mounted in the guest to be seen in containers, and back.
    config.mounts.push_back({.source = {}, .target = "/", .type = {}, .options = "rshared"});
    for (const auto& entry : kArcboxFiles)
        config.files.push_back(
            {.path = std::string(entry.path), .content = std::string(entry.content), .keep_existing = true});
    add_link(kCertificates, config);
    add_link(kLocksOfOld, config);
    add_directories(kArcboxDirectories, config);
    add_common(config);
    // Docker routes between its bridges and the NIC.
    config.system.sysctl.emplace("net.ipv4.ip_forward", "1");
    config.network.name_servers = {kArcboxNameServer};
    return config;
}

Config minimal() {
    Config config;
    add_mounts(kMinimalMounts, config);
    add_directories(kMinimalDirectories, config);
    add_common(config);
    config.network.dns_from_lease = true;
    return config;
}

}  // namespace

std::optional<Config> profile(std::string_view name) {
    std::optional<Config> config;
    if (name == "arcbox") config = arcbox();
    if (name == "minimal") config = minimal();
    if (name == "none") config.emplace();
    if (config) config->profile = name;
    return config;
}

Config read_only_root_rows(std::string_view profile) {
    Config config;
    if (profile != "minimal") return config;
    add_mounts(kReadOnlyRootMounts, config);
    add_directories(kReadOnlyRootDirectories, config);
    return config;
}

std::string_view fallback_hostname(std::string_view profile) noexcept {
    if (profile == "arcbox") return "arcbox";
    if (profile == "minimal") return "localhost";
    return {};
}

}  // namespace nlinit::config
