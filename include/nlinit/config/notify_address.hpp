// Whom sd_notify(3) messages go to: the words of [system] notify and of nlinit.notify=.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nlinit/config/config.hpp"

namespace nlinit::config {

inline constexpr std::string_view kWantedNotifyAddress = "vsock:CID:PORT, port:NAME or unix:PATH";

// "vsock:2:1234", and "vsock-stream:", "vsock-dgram:" or "vsock-seqpacket:" for one type of socket, as systemd has
// them; "port:NAME" of a virtio-serial port; "unix:/path", "unix:@abstract".
[[nodiscard]] std::optional<NotifyAddress> parse_notify_address(std::string_view text);
[[nodiscard]] std::string to_string(const NotifyAddress& address);  // the same words

}  // namespace nlinit::config
