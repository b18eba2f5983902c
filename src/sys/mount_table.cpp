#include "nlinit/sys/mount_table.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "nlinit/sys/file.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestMountTable = 4 << 20;  // thousands of mounts; a line has about 100 bytes

constexpr std::array<std::pair<std::string_view, unsigned long>, 6> kFlagWords = {{{"nosuid", MS_NOSUID},
                                                                                   {"nodev", MS_NODEV},
                                                                                   {"noexec", MS_NOEXEC},
                                                                                   {"noatime", MS_NOATIME},
                                                                                   {"nodiratime", MS_NODIRATIME},
                                                                                   {"relatime", MS_RELATIME}}};

constexpr std::array<std::string_view, 9> kShares = {"9p",  "afs",  "ceph", "cifs",    "fuse",
                                                     "nfs", "nfs4", "smb3", "virtiofs"};

// The text before the first separator, which is taken off together with it.
std::string_view take(std::string_view& rest, char separator) noexcept {
    const auto end = rest.find(separator);
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

bool is_octal(std::string_view digits) noexcept {
    return digits.size() == 3 && digits.find_first_not_of("01234567") == std::string_view::npos;
}

// Space, tab, line break and backslash are written as a backslash and three octal digits.
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

unsigned long parse_flags(std::string_view options) noexcept {
    unsigned long flags = 0;
    while (!options.empty()) {
        const auto option = take(options, ',');
        for (const auto& [word, flag] : kFlagWords) {
            if (option == word) flags |= flag;
        }
    }
    return flags;
}

// 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<MountEntry> parse_line(std::string_view line) {
    take(line, ' ');  // mount id
    take(line, ' ');  // parent id
    const auto device = take(line, ' ');
    take(line, ' ');  // root
    const auto target = take(line, ' ');
    const auto options = take(line, ' ');
    while (!line.empty() && take(line, ' ') != "-") continue;  // any number of optional fields, then a hyphen
    const auto type = take(line, ' ');
    const auto source = take(line, ' ');
    if (target.empty() || type.empty()) return std::nullopt;
    const bool read_only = take(line, ',') == "ro";  // the options of the filesystem, this one first
    return MountEntry{unescape(target),    std::string(type), unescape(source),
                      std::string(device), read_only,         parse_flags(options)};
}

}  // namespace

bool is_share(std::string_view type) noexcept {
    return std::find(kShares.begin(), kShares.end(), type.substr(0, type.find('.'))) != kShares.end();
}

std::vector<MountEntry> parse_mount_table(std::string_view mountinfo) {
    std::vector<MountEntry> entries;
    while (!mountinfo.empty()) {
        if (auto entry = parse_line(take(mountinfo, '\n'))) entries.push_back(*std::move(entry));
    }
    return entries;
}

Result<std::vector<MountEntry>> read_mount_table() {
    const auto text = read_file("/proc/self/mountinfo", kLargestMountTable);
    if (!text.ok()) return text.error();
    return parse_mount_table(*text);
}

}  // namespace nlinit::sys
