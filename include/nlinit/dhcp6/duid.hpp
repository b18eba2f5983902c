// SPDX-License-Identifier: Apache-2.0
// Who a DHCPv6 client or server is (RFC 8415 11), and which of a client's interfaces is meant (12).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp6 {

// Octets that are compared and never interpreted (RFC 8415 11). Sizes differ; a Duid by default is empty.
class Duid {
  public:
    // Two for the type, 1 to 128 of identifier (RFC 8415 11.1).
    static constexpr std::size_t kMinSize = 3, kMaxSize = 130;
    using Uuid = std::array<std::uint8_t, 16>;

    Duid() = default;
    static std::optional<Duid> from_octets(ByteView octets);
    // DUID-LL (11.4): no time in it, so that a machine without a disk is the same at its next boot.
    static Duid of_link_layer(const MacAddress& mac);
    // DUID-UUID (11.5, RFC 6355): the machine has a UUID, and keeps it when its interfaces change.
    static Duid of_uuid(const Uuid& uuid);
    // The same from the text of a UUID, "52540012-3456-…", as SMBIOS has it. Gives nothing when the text is no UUID, or
    // when all its digits are 0 or all are F: these stand for a missing UUID.
    static std::optional<Duid> of_uuid(std::string_view text);

    [[nodiscard]] ByteView octets() const noexcept { return octets_; }
    [[nodiscard]] bool empty() const noexcept { return octets_.empty(); }
    [[nodiscard]] std::string to_string() const;  // "00030001525400123456"

    friend auto operator<=>(const Duid&, const Duid&) = default;

  private:
    Bytes octets_;
};

// The last four octets of the MAC. They are the same at each boot, also when the kernel numbers the interface anew, and
// they differ between the interfaces of a client (RFC 8415 12).
[[nodiscard]] std::uint32_t iaid_of(const MacAddress& mac) noexcept;

}  // namespace nlinit::dhcp6
