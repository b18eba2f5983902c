// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/device_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

using std::string_view;
using Kind = DeviceName::Kind;

constexpr string_view kDevices = "/dev/";
constexpr string_view kMapper = "/dev/mapper/";
constexpr string_view kStep = "/PARTNROFF=";

// What is written on a device, and udev's link to it.
struct Tag {
    string_view tag, link;
    Kind kind;
};
constexpr std::array<Tag, 5> kTags{{{"PARTUUID=", "/dev/disk/by-partuuid/", Kind::part_uuid},
                                    {"PARTLABEL=", "/dev/disk/by-partlabel/", Kind::part_label},
                                    {"UUID=", "/dev/disk/by-uuid/", Kind::uuid},
                                    {"LABEL=", "/dev/disk/by-label/", Kind::label},
                                    {"SERIAL=", "SERIAL=", Kind::serial}}};  // of which udev's link has more

constexpr std::array<string_view, 20> kWithoutDevice{
    "9p",      "afs",       "ceph", "cifs",  "devtmpfs", "fuse",  "jffs2", "mqueue", "nfs",      "nfs4",
    "overlay", "overlayfs", "proc", "ramfs", "smb3",     "sysfs", "tmpfs", "ubifs",  "virtiofs", "devpts"};

// What initramfs generators and systemd-fstab-generator(8) read from root= and nlinit does not.
constexpr std::array<string_view, 11> kForeignPrefixes{
    "nfs:", "nfs4:", "cifs:", "nbd:", "iscsi:", "live:", "zfs:", "ZFS=", "http:", "https:", "gpt-auto"};
constexpr std::array<string_view, 4> kForeignWords{"dhcp", "dhcp6", "fstab", "off"};

template <std::size_t N>
bool has(const std::array<string_view, N>& words, string_view word) noexcept {
    return std::ranges::find(words, word) != words.end();
}

std::optional<int> digits(string_view text, int base) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "\x20" as udev escapes, "\040" as fstab(5) does; any other backslash is one.
std::string unescape(string_view text) {
    std::string plain;
    while (!text.empty()) {
        const bool hex = text.starts_with("\\x");
        const auto code = text.starts_with('\\') && text.size() >= 4
                              ? digits(text.substr(hex ? 2 : 1, hex ? 2 : 3), hex ? 16 : 8)
                              : std::nullopt;
        const bool escaped = code && *code > 0 && *code < 256;
        plain += escaped ? static_cast<char>(*code) : text.front();
        text.remove_prefix(escaped ? 4 : 1);
    }
    return plain;
}

string_view unquoted(string_view text) {
    const bool quoted =
        text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<DeviceName> name_written_on_it(string_view source) {
    for (const auto& [tag, link, kind] : kTags) {
        if (!source.starts_with(tag) && !source.starts_with(link)) continue;
        DeviceName name{kind, {}, 0};
        string_view value = source.substr(source.starts_with(tag) ? tag.size() : link.size());
        if (const auto at = value.find(kStep); kind == Kind::part_uuid && at != string_view::npos) {
            auto number = value.substr(at + kStep.size());
            if (number.starts_with('+') && !number.starts_with("+-")) number.remove_prefix(1);  // as sscanf() has it
            const auto step = digits(number, 10);
            if (!step) return std::nullopt;
            name.partition_step = *step;
            value = value.substr(0, at);
        }
        name.text = unescape(unquoted(value));
        if (name.text.empty()) return std::nullopt;
        return name;
    }
    return std::nullopt;
}

// new_decode_dev() of the kernel's kdev_t.h; nothing below major 1, where there is no disk.
std::optional<DeviceName> number_of_device(string_view source) {
    const auto colon = source.find(':');
    if (colon != string_view::npos) {
        const auto major = parse_number<std::uint16_t>(source.substr(0, colon));
        const auto minor = parse_number<std::uint32_t>(source.substr(colon + 1));
        if (!major || !minor) return std::nullopt;
        return DeviceName{Kind::number, concat({std::to_string(*major), ":", std::to_string(*minor)}), 0};
    }
    if (source.starts_with("0x") || source.starts_with("0X")) source.remove_prefix(2);
    std::uint32_t device = 0;
    const auto [end, fault] = std::from_chars(source.data(), source.data() + source.size(), device, 16);
    if (fault != std::errc{} || end != source.data() + source.size()) return std::nullopt;
    const auto major = (device & 0xfff00) >> 8;
    const auto minor = (device & 0xff) | (device >> 12 & 0xfff00);
    if (major == 0) return std::nullopt;
    return DeviceName{Kind::number, concat({std::to_string(major), ":", std::to_string(minor)}), 0};
}

bool is_link_of_udev(string_view source) {
    return source.starts_with("/dev/disk/") && !name_written_on_it(source);
}

}  // namespace

std::optional<DeviceName> parse_device_name(string_view source, string_view type) {
    if (is_without_device(type)) return std::nullopt;
    if (auto name = name_written_on_it(source)) return name;
    if (source.starts_with(kMapper) && source.size() > kMapper.size())
        return DeviceName{Kind::mapper, std::string(source.substr(kMapper.size())), 0};
    if (!source.starts_with(kDevices)) return number_of_device(source);
    auto path = absolute_path(source);
    if (!path || path->size() <= kDevices.size() || !path->starts_with(kDevices)) return std::nullopt;
    return DeviceName{Kind::path, *std::move(path), 0};
}

bool is_of_device_mapper(const DeviceName& name) {
    if (name.kind != DeviceName::Kind::path) return name.kind == DeviceName::Kind::mapper;
    const auto rest = string_view(name.text).substr(kDevices.size());
    constexpr std::array<string_view, 4> kOthersDirectories{"block/", "disk/", "md/", "nbd/"};
    const auto is_below = [&](string_view directory) { return rest.starts_with(directory); };
    return rest.starts_with("dm-") ||
           (rest.find('/') != rest.npos && std::ranges::none_of(kOthersDirectories, is_below));
}

string_view type_of_share(string_view source) noexcept {
    for (const string_view type : {"virtiofs", "9p"}) {
        if (source.size() > type.size() + 1 && source.starts_with(type) && source[type.size()] == ':') return type;
    }
    return {};
}

bool tells_type(string_view source) {
    const auto name = parse_device_name(source);
    const bool is_word = source.find(':') == string_view::npos && !source.starts_with("0x");
    const bool is_device = name && (name->kind != Kind::number || !is_word);
    return is_device || !type_of_share(source).empty();
}

bool is_without_device(string_view type) noexcept {
    type = first_field(type, ',');
    return has(kWithoutDevice, type) || type.starts_with("fuse.");
}

bool is_word_for_other_root(string_view source) noexcept {
    return has(kForeignWords, source);
}

string_view wanted_in_place_of(string_view source, string_view type) {
    if (is_without_device(type)) return {};
    if (is_link_of_udev(source))
        return "named otherwise, for udev makes the links below /dev/disk, and there is none here: by UUID=, LABEL=, "
               "PARTUUID=, PARTLABEL=, SERIAL= or /dev/NAME";
    if (source == "/dev/root" || source == "/dev/nfs")
        return "the name of a device, and that is only what the kernel calls its own root";
    if (source == "virtiofs:" || source == "9p:") return "virtiofs:TAG or 9p:TAG";
    const bool foreign = std::ranges::any_of(kForeignPrefixes, [&](auto prefix) { return source.starts_with(prefix); });
    if (foreign) return kNoOtherRoot;
    if (source.find(kStep) != string_view::npos && source.starts_with("PARTUUID=") && !name_written_on_it(source))
        return "PARTUUID=UUID/PARTNROFF=NUMBER";
    return {};
}

}  // namespace nlinit
