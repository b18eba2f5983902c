// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/pcap.hpp"

#include <algorithm>
#include <limits>

namespace nlinit::wire::pcap {
namespace {

constexpr std::uint32_t kMagicOfNanoseconds = 0xa1b23c4d;
constexpr std::uint16_t kMajorVersion = 2, kMinorVersion = 4;
constexpr std::uint32_t kLinkTypeLinuxSll = 113;
constexpr std::uint16_t kHardwareTypeEthernet = 1;  // ARPHRD_ETHER
constexpr std::size_t kSllHeaderSize = 16;
constexpr std::size_t kSllAddressSize = 8;

// The format's time goes from 1970 to 2106. A clock that was never set may stand before that.
std::chrono::nanoseconds representable(std::chrono::nanoseconds at) {
    constexpr std::chrono::nanoseconds kEarliest{0};
    constexpr std::chrono::nanoseconds kLatest = std::chrono::seconds(std::numeric_limits<std::uint32_t>::max());
    return std::clamp(at, kEarliest, kLatest);
}

void put_time(ByteWriter& out, std::chrono::nanoseconds at) {
    const auto time = representable(at);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    out.u32(static_cast<std::uint32_t>(seconds.count()));
    out.u32(static_cast<std::uint32_t>((time - seconds).count()));
}

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
void put_sll_header(ByteWriter& out, const CapturedPacket& packet) {
    out.u16(static_cast<std::uint16_t>(packet.type));
    out.u16(kHardwareTypeEthernet);
    out.u16(static_cast<std::uint16_t>(packet.sender.octets().size()));
    const auto end_of_address = out.size() + kSllAddressSize;
    out.bytes(packet.sender.octets());
    out.pad_to(end_of_address);
    out.u16(packet.ether_type);
}

}  // namespace

Bytes file_header() {
    ByteWriter out;
    out.u32(kMagicOfNanoseconds);
    out.u16(kMajorVersion);
    out.u16(kMinorVersion);
    out.u32(0);  // reserved: once the time zone
    out.u32(0);  // reserved: once the accuracy of times
    out.u32(kSnapLength);
    out.u32(kLinkTypeLinuxSll);
    return std::move(out).take();
}

Bytes record(const CapturedPacket& packet) {
    const auto kept = packet.bytes.first(std::min(packet.bytes.size(), kSnapLength - kSllHeaderSize));
    ByteWriter out;
    put_time(out, packet.at);
    out.u32(static_cast<std::uint32_t>(kSllHeaderSize + kept.size()));
    out.u32(static_cast<std::uint32_t>(kSllHeaderSize + packet.bytes.size()));
    put_sll_header(out, packet);
    out.bytes(kept);
    return std::move(out).take();
}

}  // namespace nlinit::wire::pcap
