// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_table.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestMountTable = 4 << 20;  // thousands of mounts; a line has about 100 bytes

constexpr std::array<std::pair<std::string_view, unsigned long>, 8> kFlagWords = {{{"ro", MS_RDONLY},
                                                                                   {"nosuid", MS_NOSUID},
                                                                                   {"nodev", MS_NODEV},
                                                                                   {"noexec", MS_NOEXEC},
                                                                                   {"nosymfollow", MS_NOSYMFOLLOW},
                                                                                   {"noatime", MS_NOATIME},
                                                                                   {"nodiratime", MS_NODIRATIME},
                                                                                   {"relatime", MS_RELATIME}}};

constexpr std::array<std::string_view, 9> kShares = {"9p",  "afs",  "ceph", "cifs",    "fuse",
                                                     "nfs", "nfs4", "smb3", "virtiofs"};

bool is_octal(std::string_view digits) noexcept {
    return digits.size() == 3 && digits.find_first_not_of("01234567") == std::string_view::npos;
}

unsigned long parse_flags(std::string_view options) noexcept {
    unsigned long flags = 0;
    while (!options.empty()) {
        const auto option = take_field(options, ',');
        for (const auto& [word, flag] : kFlagWords) {
            if (option == word) flags |= flag;
        }
    }
    return flags;
}

// 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<MountEntry> parse_line(std::string_view line) {
    take_field(line, ' ');  // mount id
    take_field(line, ' ');  // parent id
    const auto device = take_field(line, ' ');
    take_field(line, ' ');  // root
    const auto target = take_field(line, ' ');
    const auto options = take_field(line, ' ');
    while (!line.empty() && take_field(line, ' ') != "-") continue;  // any number of optional fields, then a hyphen
    const auto type = take_field(line, ' ');
    const auto source = take_field(line, ' ');
    if (target.empty() || type.empty()) return std::nullopt;
    const bool read_only = take_field(line, ',') == "ro";  // the options of the filesystem, this one first
    return MountEntry{unescape(target),    std::string(type), unescape(source),
                      std::string(device), read_only,         parse_flags(options)};
}

}  // namespace

std::string unescape(std::string_view word) {
    std::string plain;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto digits = word.substr(i + 1, 3);
        if (word[i] == '\\' && is_octal(digits)) {
            plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
            i += 3;
        } else {
            plain += word[i];
        }
    }
    return plain;
}

bool is_share(std::string_view type) noexcept {
    return std::find(kShares.begin(), kShares.end(), first_field(type, '.')) != kShares.end();
}

std::vector<MountEntry> parse_mount_table(std::string_view mountinfo) {
    std::vector<MountEntry> entries;
    while (!mountinfo.empty()) {
        if (auto entry = parse_line(take_field(mountinfo, '\n'))) entries.push_back(*std::move(entry));
    }
    return entries;
}

Result<std::vector<MountEntry>> read_mount_table() {
    const auto text = read_file("/proc/self/mountinfo", kLargestMountTable);
    if (!text.ok()) return text.error();
    return parse_mount_table(*text);
}

bool is_of_kernel(std::string_view type) noexcept {
    constexpr std::array<std::string_view, 19> kTypes = {"autofs",   "binfmt_misc", "bpf",    "cgroup",   "cgroup2",
                                                         "configfs", "debugfs",     "devpts", "devtmpfs", "efivarfs",
                                                         "fusectl",  "hugetlbfs",   "mqueue", "nsfs",     "proc",
                                                         "pstore",   "securityfs",  "sysfs",  "tracefs"};
    return std::ranges::find(kTypes, type) != kTypes.end();
}

bool is_in_memory(std::string_view type) noexcept {
    return type == "ramfs" || type == "rootfs" || type == "tmpfs";
}

bool is_all_in_memory() {
    const auto table = read_mount_table();
    if (!table.ok()) log::debug("mount", to_string(table.error()));
    return table.ok() && std::ranges::all_of(*table, [](const MountEntry& entry) {
               return is_of_kernel(entry.type) || is_in_memory(entry.type);
           });
}

}  // namespace nlinit::sys
