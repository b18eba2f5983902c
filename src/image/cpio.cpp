// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/cpio.hpp"

#include "nlinit/base/hex.hpp"

namespace nlinit::image {
namespace {

constexpr std::string_view kNewcMagic = "070701";
constexpr std::string_view kTrailer = "TRAILER!!!";
constexpr std::uint32_t kTypeMask = 0170000, kDirectory = 0040000;
constexpr std::uint64_t kBlock = 512;  // as readers of tapes expect it

void put(std::string& out, std::uint64_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) out += kHexDigits[value >> shift & 0xf];
}

}  // namespace

std::string cpio_header(const CpioEntry& entry, std::uint32_t number) {
    const std::uint64_t links = (entry.mode & kTypeMask) == kDirectory ? 2 : entry.links;
    const std::uint64_t owner = 0, time = 0, checksum = 0, of_disk = 0;
    std::string out(kNewcMagic);
    for (const std::uint64_t field :
         {std::uint64_t{number}, std::uint64_t{entry.mode}, owner, owner, links, time, entry.size, of_disk, of_disk,
          std::uint64_t{entry.major}, std::uint64_t{entry.minor}, entry.path.size() + 1, checksum})
        put(out, field);
    out += entry.path;
    out += '\0';
    return out += cpio_padding(out.size());
}

std::string_view cpio_padding(std::uint64_t size) noexcept {
    return std::string_view("\0\0\0", (4 - size % 4) % 4);
}

std::string cpio_trailer(std::uint64_t size) {
    auto out = cpio_header({.path = std::string(kTrailer)}, 0);
    out.append((kBlock - (size + out.size()) % kBlock) % kBlock, '\0');
    return out;
}

}  // namespace nlinit::image
