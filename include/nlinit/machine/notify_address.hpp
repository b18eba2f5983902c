// SPDX-License-Identifier: Apache-2.0
// The address that sd_notify(3) messages are sent to, as [system] notify and nlinit.notify= write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// The socket or port by which sd_notify(3) messages leave the machine.
struct NotifyAddress {
    enum class Kind : std::uint8_t { none, unix_socket, virtio_port, vsock };
    enum class Type : std::uint8_t { any, stream, datagram, sequenced };  // of a vsock
    Kind kind = Kind::none;
    Type type = Type::any;
    std::uint32_t cid = 0, port = 0;  // vsock(7)
    std::string name;                 // a socket's path, or '@' and an abstract name; a virtio-serial port's name
    friend bool operator==(const NotifyAddress&, const NotifyAddress&) = default;
};

inline constexpr std::string_view kWantedNotifyAddress = "vsock:CID:PORT, port:NAME or unix:PATH";

// "vsock:2:1234", and "vsock-stream:", "vsock-dgram:" or "vsock-seqpacket:" for one type of socket, as systemd has
// them; "port:NAME" of a virtio-serial port; "unix:/path", "unix:@abstract".
[[nodiscard]] std::optional<NotifyAddress> parse_notify_address(std::string_view text);
[[nodiscard]] std::string to_string(const NotifyAddress& address);  // the same words

}  // namespace nlinit
