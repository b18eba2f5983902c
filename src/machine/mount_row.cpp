// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/mount_row.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>

#include "nlinit/base/text.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/machine/mount_options.hpp"

namespace nlinit {
namespace {

using std::string_view;

// mount(8), "filesystem-independent mount options": what a word sets, or takes back from one before it.
struct FlagWord {
    string_view word;
    unsigned long set = 0, clear = 0;
};
constexpr std::array kFlagWords{
    FlagWord{.word = "ro", .set = MS_RDONLY},
    FlagWord{.word = "nodev", .set = MS_NODEV},
    FlagWord{.word = "nosuid", .set = MS_NOSUID},
    FlagWord{.word = "noexec", .set = MS_NOEXEC},
    FlagWord{.word = "nosymfollow", .set = MS_NOSYMFOLLOW},
    FlagWord{.word = "sync", .set = MS_SYNCHRONOUS},
    FlagWord{.word = "dirsync", .set = MS_DIRSYNC},
    FlagWord{.word = "noatime", .set = MS_NOATIME, .clear = MS_RELATIME | MS_STRICTATIME},
    FlagWord{.word = "nodiratime", .set = MS_NODIRATIME},
    FlagWord{.word = "relatime", .set = MS_RELATIME, .clear = MS_NOATIME | MS_STRICTATIME},
    FlagWord{.word = "strictatime", .set = MS_STRICTATIME, .clear = MS_NOATIME | MS_RELATIME},
    FlagWord{.word = "lazytime", .set = MS_LAZYTIME},
    FlagWord{.word = "iversion", .set = MS_I_VERSION},
    FlagWord{.word = "silent", .set = MS_SILENT},
    FlagWord{.word = "remount", .set = MS_REMOUNT},
    FlagWord{.word = "rbind", .set = MS_BIND | MS_REC},
    FlagWord{.word = "bind", .set = MS_BIND},
    FlagWord{.word = "move", .set = MS_MOVE},
    FlagWord{.word = "rw", .clear = MS_RDONLY},
    FlagWord{.word = "dev", .clear = MS_NODEV},
    FlagWord{.word = "suid", .clear = MS_NOSUID},
    FlagWord{.word = "exec", .clear = MS_NOEXEC},
    FlagWord{.word = "symfollow", .clear = MS_NOSYMFOLLOW},
    FlagWord{.word = "async", .clear = MS_SYNCHRONOUS},
    FlagWord{.word = "atime", .clear = MS_NOATIME},
    FlagWord{.word = "diratime", .clear = MS_NODIRATIME},
    FlagWord{.word = "norelatime", .clear = MS_RELATIME},
    FlagWord{.word = "nostrictatime", .clear = MS_STRICTATIME},
    FlagWord{.word = "nolazytime", .clear = MS_LAZYTIME},
    FlagWord{.word = "noiversion", .clear = MS_I_VERSION},
    FlagWord{.word = "loud", .clear = MS_SILENT},
    // mount(8): whoever may mount it, what is on it has no more rights than that, unless a word behind this says so.
    FlagWord{.word = "user", .set = MS_NOEXEC | MS_NOSUID | MS_NODEV},
    FlagWord{.word = "users", .set = MS_NOEXEC | MS_NOSUID | MS_NODEV},
    FlagWord{.word = "owner", .set = MS_NOSUID | MS_NODEV},
    FlagWord{.word = "group", .set = MS_NOSUID | MS_NODEV},
};

void append_word(std::string& list, string_view word) {
    if (!list.empty()) list += ',';
    list += word;
}

void read_option(string_view word, MountRow& row) {
    const auto flag = std::ranges::find(kFlagWords, word, &FlagWord::word);
    const auto propagation = propagation_flags(word);
    if (flag != kFlagWords.end()) {
        row.flags = (row.flags & ~flag->clear) | flag->set;
        row.cleared = (row.cleared & ~flag->set) | flag->clear;
    } else if (propagation) {
        row.propagation.push_back(*propagation);
    } else if (!is_for_user_space(word)) {
        append_word(row.data, word);
    }
}

}  // namespace

MountRow mount_row(const MountWords& words) {
    MountRow row;
    row.source = words.source;
    row.target = words.target;
    row.type = words.type;
    row.copy_up = words.copy_up;
    const auto type = type_of_share(row.source);
    if (!type.empty() && (row.type == type || !is_without_device(row.type))) {
        row.type = type;
        row.source.erase(0, type.size() + 1);
    }
    string_view options = words.options;
    while (!options.empty()) read_option(take_field(options, ','), row);
    // A devpts without ptmx is none that terminals can be made from: then one more is mounted over it.
    if (row.type == "devpts") row.skip_if_exists = row.target + "/ptmx";
    return row;
}

std::string options_of(const MountRow& row) {
    std::string options;
    auto left = row.flags;
    for (const auto& flag : kFlagWords) {
        if (flag.set == 0 || (left & flag.set) != flag.set) continue;
        append_word(options, flag.word);
        left &= ~flag.set;
    }
    for (const auto flags : row.propagation) append_word(options, propagation_word(flags));
    if (!row.data.empty()) append_word(options, row.data);
    return options;
}

bool reuses_mount(const MountRow& row) noexcept {
    return (row.flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0;
}

bool takes_from_elsewhere(const MountRow& row) noexcept {
    return (row.flags & (MS_BIND | MS_MOVE)) != 0 && (row.flags & MS_REMOUNT) == 0;
}

bool is_only_propagation(const MountRow& row) noexcept {
    const bool has_source = !row.source.empty() && row.source != "none" && row.source != row.target;  // fstab(5)
    return !has_source && row.type.empty() && !reuses_mount(row) && !row.propagation.empty();
}

bool is_only_propagation(const MountWords& words) {
    auto row = mount_row(words);
    if (row.type == "none") row.type.clear();
    return is_only_propagation(row);
}

bool is_read_only(const MountRow& row) noexcept {
    return (row.flags & MS_RDONLY) != 0;
}

std::vector<std::string> overlay_layers(const MountRow& row) {
    constexpr std::array<string_view, 3> kLayers{"lowerdir=", "upperdir=", "workdir="};
    std::vector<std::string> layers;
    if (row.type != "overlay") return layers;
    for (string_view rest = row.data; !rest.empty();) {
        auto option = take_field(rest, ',');
        const auto* layer = std::ranges::find_if(kLayers, [&](auto name) { return option.starts_with(name); });
        if (layer == kLayers.end()) continue;
        option.remove_prefix(layer->size());
        // "::" stands before layers of data alone.
        for (const auto path : split(option, ':')) layers.emplace_back(path);
    }
    return layers;
}

}  // namespace nlinit
