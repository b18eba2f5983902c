// SPDX-License-Identifier: Apache-2.0
// IPv6 addresses as values: parsed strictly, compared, printed as RFC 5952 has it.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/net/address.hpp"

namespace nlinit {

class Ipv6Address {
  public:
    using Octets = std::array<std::uint8_t, 16>;  // in the order of the wire

    constexpr Ipv6Address() noexcept = default;  // ::
    explicit constexpr Ipv6Address(Octets octets) noexcept : octets_(octets) {}
    // RFC 4291 2.2: eight groups of hexadecimal digits. "::" may stand once, the last 32 bits may be in dotted form.
    // No zone ("%eth0"), no brackets, no spaces.
    static std::optional<Ipv6Address> parse(std::string_view text);

    [[nodiscard]] constexpr const Octets& octets() const noexcept { return octets_; }
    [[nodiscard]] constexpr std::uint16_t group(std::size_t index) const noexcept {
        return static_cast<std::uint16_t>(octets_[2 * index] << 8 | octets_[2 * index + 1]);
    }
    [[nodiscard]] std::string to_string() const;  // "2001:db8::1"

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return octets_ == Octets{}; }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return octets_ == Octets{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    }
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return octets_[0] == 0xff; }  // RFC 4291 2.7
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return group(0) >> 6 == 0xfe80 >> 6; }  // fe80::/10
    // ::ffff:0:0/96, RFC 4291 2.5.5.2: an IPv4 address as socket APIs write it; it never appears in a packet.
    [[nodiscard]] constexpr bool is_ipv4_mapped() const noexcept {
        for (std::size_t i = 0; i < 5; ++i) {
            if (group(i) != 0) return false;
        }
        return group(5) == 0xffff;
    }
    // Whether a single host can have this address: a unicast address other than :: and ::1.
    [[nodiscard]] constexpr bool is_host() const noexcept {
        return !is_unspecified() && !is_loopback() && !is_multicast() && !is_ipv4_mapped();
    }
    // Whether routers forward packets to this address: global (RFC 4291 2.5.4) or unique local (RFC 4193).
    [[nodiscard]] constexpr bool is_beyond_link() const noexcept { return is_host() && !is_link_local(); }

    friend constexpr auto operator<=>(const Ipv6Address&, const Ipv6Address&) = default;

  private:
    Octets octets_{};
};

// The address in fe80::/64 whose interface identifier is made of a MAC address (RFC 4291 appendix A).
[[nodiscard]] Ipv6Address link_local_of(const MacAddress& mac) noexcept;

}  // namespace nlinit
