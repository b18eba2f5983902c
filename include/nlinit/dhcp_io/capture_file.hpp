// SPDX-License-Identifier: Apache-2.0
// The packets of a DHCP exchange in a file, for tcpdump and Wireshark: a capture where there is no tcpdump.
//
//     auto capture = CaptureFile::create("/run/dhcp.pcap");
//     if (!capture.ok()) return capture.error();
//     capture->write(PacketType::outgoing, wire::pcap::kEtherTypeIpv4, mac, packet);
#pragma once

#include <cstdint>
#include <string>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "nlinit/wire/pcap.hpp"

namespace nlinit::dhcp_io {

class CaptureFile {
  public:
    using PacketType = wire::pcap::PacketType;

    // Truncates an existing file, which keeps its mode, or makes a file that only its owner can read. A FIFO that
    // somebody reads is as good (`wireshark -k -i FIFO`); one that nobody reads is refused with ENXIO, for to wait for
    // a reader is to wait for ever. Anything else, such as /dev/vda, is refused without being opened. So are a link, a
    // file with a second name, and a file of another user, since another user may have put it there.
    [[nodiscard]] static Result<CaptureFile> create(const std::string& path);

    // Writes a record with the present time by one write(2); never waits. After the first failure, which is logged,
    // nothing more is written: readers cannot find the records behind one that was cut short.
    void write(PacketType type, std::uint16_t ether_type, const MacAddress& sender, ByteView packet);
    [[nodiscard]] bool is_open() const noexcept { return fd_.valid(); }  // and no write has failed

  private:
    CaptureFile(sys::UniqueFd fd, std::string path) noexcept : fd_(std::move(fd)), path_(std::move(path)) {}

    sys::UniqueFd fd_;
    std::string path_;
};

}  // namespace nlinit::dhcp_io
