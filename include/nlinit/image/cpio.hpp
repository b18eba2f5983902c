// SPDX-License-Identifier: Apache-2.0
// A cpio archive as the kernel unpacks it into its first filesystem: the "newc" format without checksums
// (Documentation/driver-api/early-userspace/buffer-format.rst in Linux). The same entries are the same bytes: owner and
// time are 0 and inodes are numbered. An entry is its header, then `size` bytes of content, then its padding. Entries
// of one number are names of one file, whose content is behind the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nlinit::image {

inline constexpr std::uint64_t kMaxCpioSize = 0xffffffff;  // of one file: eight hexadecimal digits

struct CpioEntry {
    std::string path;                    // without a '/' before it; directories come before what is in them
    std::uint32_t mode = 0;              // with its type, as in stat(2)
    std::uint64_t size = 0;              // of a file, or of a link's target; kMaxCpioSize at most
    std::uint32_t major = 0, minor = 0;  // of a device
    std::uint32_t links = 1;             // how many names a file has in the archive
};

// number: of the file in its archive.
[[nodiscard]] std::string cpio_header(const CpioEntry& entry, std::uint32_t number);
// Zeros behind so many bytes of content.
[[nodiscard]] std::string_view cpio_padding(std::uint64_t size) noexcept;
// The end of an archive that has so many bytes.
[[nodiscard]] std::string cpio_trailer(std::uint64_t size);

}  // namespace nlinit::image
