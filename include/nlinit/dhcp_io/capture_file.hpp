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

    // Empties the file, or makes it for its owner alone; one that is there keeps its mode. A FIFO that somebody reads
    // is as good (`wireshark -k -i FIFO`); one that nobody reads is refused with ENXIO, for to wait for a reader is to
    // wait for ever. What is neither is refused unopened: /dev/vda is no place for a capture. So is a link, a file with
    // another name elsewhere, and what belongs to another user: somebody else may have put it there.
    [[nodiscard]] static Result<CaptureFile> create(const std::string& path);

    // With the time of now, by one write(2). Never waits. The first write that fails is logged and is the last one: a
    // record that was cut short would make nonsense of all behind it.
    void write(PacketType type, std::uint16_t ether_type, const MacAddress& sender, ByteView packet);
    [[nodiscard]] bool is_open() const noexcept { return fd_.valid(); }  // and not given up

  private:
    CaptureFile(sys::UniqueFd fd, std::string path) noexcept : fd_(std::move(fd)), path_(std::move(path)) {}

    sys::UniqueFd fd_;
    std::string path_;
};

}  // namespace nlinit::dhcp_io
