// How a disk, a partition or a share is named, wherever a configuration names one: [root], its overlay, [[mount]].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

struct DeviceName {
    enum class Kind : std::uint8_t { path, mapper, uuid, label, part_uuid, part_label, number };
    Kind kind = Kind::path;
    std::string text;        // "/dev/vda1", what is written on it, a name of device-mapper's, or "254:1"
    int partition_step = 0;  // of a PARTUUID=…/PARTNROFF=: so many partitions further on the same disk
    friend bool operator==(const DeviceName&, const DeviceName&) = default;
};

// "/dev/vda1", "PARTUUID=", "PARTLABEL=", "UUID=", "LABEL=", with the value in quotes or not and '\x20' or '\040' for
// a blank (udev's and fstab(5)'s way); udev's links /dev/disk/by-label and its like, which mean the same;
// "/dev/mapper/NAME"; "254:1", "fe01" and "0xfe01" as the kernel reads root= (early-lookup.c). Nothing for what names
// no device. A filesystem without a device (its type, or the first of several) has a source of its own grammar,
// whatever it looks like.
[[nodiscard]] std::optional<DeviceName> parse_device_name(std::string_view source, std::string_view type = {});

// Whether only device-mapper makes such a device: "/dev/mapper/NAME", "/dev/dm-0", and LVM's "/dev/GROUP/VOLUME".
[[nodiscard]] bool is_of_device_mapper(const DeviceName& name);

// "virtiofs:TAG" and "9p:TAG", as dracut.cmdline(7) has them: the type; the tag is what follows. Nothing for others.
[[nodiscard]] std::string_view type_of_share(std::string_view source) noexcept;

// Whether a source needs no type beside it: a device's is on it, a share has it before its tag. Digits alone are no
// number of a device here, for a tag may be called "cafe".
[[nodiscard]] bool tells_type(std::string_view source);

// Whether filesystems of the type are on no block device.
[[nodiscard]] bool is_without_device(std::string_view type) noexcept;

// What a source would have to be that nlinit cannot mount, for a complaint ("must be …"); empty when it can be one.
[[nodiscard]] std::string_view wanted_in_place_of(std::string_view source, std::string_view type);

}  // namespace nlinit
