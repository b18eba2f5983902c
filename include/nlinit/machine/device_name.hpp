// SPDX-License-Identifier: Apache-2.0
// How a disk, a partition or a share is named, wherever a configuration names one: [root], its overlay, [[mount]],
// [[swap]].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

struct DeviceName {
    enum class Kind : std::uint8_t { path, mapper, uuid, label, part_uuid, part_label, serial, number };
    Kind kind = Kind::path;
    std::string text;        // "/dev/vda1", what is written on it, a name of device-mapper's, or "254:1"
    int partition_step = 0;  // of a PARTUUID=…/PARTNROFF=: so many partitions further on the same disk
    friend bool operator==(const DeviceName&, const DeviceName&) = default;
};

// "/dev/vda1", "PARTUUID=", "PARTLABEL=", "UUID=", "LABEL=", "SERIAL=" (of a whole disk), with the value in quotes or
// not and '\x20' or '\040' for a blank (udev's and fstab(5)'s way); udev's links /dev/disk/by-label and its like, which
// mean the same;
// "/dev/mapper/NAME"; "254:1", "fe01" and "0xfe01" as the kernel reads root= (early-lookup.c). Gives nothing when the
// source names no device. When `type`, or the first of several types, is a filesystem that needs no device, the source
// follows that filesystem's own grammar and never names a device, however much it looks like one.
[[nodiscard]] std::optional<DeviceName> parse_device_name(std::string_view source, std::string_view type = {});

// Whether only device-mapper makes such a device: "/dev/mapper/NAME", "/dev/dm-0", and LVM's "/dev/GROUP/VOLUME".
[[nodiscard]] bool is_of_device_mapper(const DeviceName& name);

// The type in "virtiofs:TAG" or "9p:TAG" (dracut.cmdline(7)); the tag follows the colon. An empty text for any other
// source.
[[nodiscard]] std::string_view type_of_share(std::string_view source) noexcept;

// Whether the filesystem's type can be told from the source alone: a device holds it in its superblock, and a share
// names it before its tag. Hexadecimal digits alone do not count as the number of a device here, since a tag may be
// called "cafe".
[[nodiscard]] bool tells_type(std::string_view source);

// Whether filesystems of this type need no block device.
[[nodiscard]] bool is_without_device(std::string_view type) noexcept;

// What root= means to initramfs generators and systemd-fstab-generator(8), and nlinit does not do. Elsewhere such a
// word is the tag of a share as any other is.
[[nodiscard]] bool is_word_for_other_root(std::string_view source) noexcept;
inline constexpr std::string_view kNoOtherRoot = "a device, or a share by virtiofs or 9p: nlinit mounts no other root";

// For a source that nlinit cannot mount, the end of a complaint ("must be …") that says what the source would have to
// be. Empty for a source that nlinit may be able to mount.
[[nodiscard]] std::string_view wanted_in_place_of(std::string_view source, std::string_view type);

}  // namespace nlinit
