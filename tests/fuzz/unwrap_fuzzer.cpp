// SPDX-License-Identifier: Apache-2.0
// wire::unwrap(): the first byte says what the kernel knows of the UDP checksum, the rest is the frame.
#include <cstdlib>

#include "nlinit/wire/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nlinit;
    if (size == 0) return 0;
    const ByteView frame(data + 1, size - 1);
    const auto checksum = data[0] % 2 == 0 ? wire::UdpChecksum::verify : wire::UdpChecksum::not_ready;
    const auto result = wire::unwrap(frame, checksum);
    if (const auto* datagram = std::get_if<wire::Datagram>(&result)) {
        const auto* begin = datagram->payload.data();
        if (begin < frame.data() + wire::kIpHeaderSize + wire::kUdpHeaderSize) std::abort();
        if (begin + datagram->payload.size() > frame.data() + frame.size()) std::abort();
        unsigned sum = 0;  // every byte of it may be read
        for (const auto byte : datagram->payload) sum += byte;
        if (sum > 255 * datagram->payload.size()) std::abort();
    } else if (static_cast<std::size_t>(std::get<DropReason>(result)) >= kDropReasonCount) {
        std::abort();
    }
    return 0;
}
