// SPDX-License-Identifier: Apache-2.0
// IPv4 and Ethernet addresses as values: parsed strictly, compared, printed.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

class Ipv4Address {
  public:
    using Octets = std::array<std::uint8_t, 4>;

    constexpr Ipv4Address() noexcept = default;  // 0.0.0.0
    constexpr Ipv4Address(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) noexcept
        : octets_{a, b, c, d} {}
    static constexpr Ipv4Address from_integer(std::uint32_t host_order) noexcept {
        return {static_cast<std::uint8_t>(host_order >> 24), static_cast<std::uint8_t>(host_order >> 16),
                static_cast<std::uint8_t>(host_order >> 8), static_cast<std::uint8_t>(host_order)};
    }
    // Accepts four decimal octets and nothing else: no "10.1", no leading zeros (some programs read them as octal), no
    // spaces.
    static std::optional<Ipv4Address> parse(std::string_view text);

    [[nodiscard]] constexpr const Octets& octets() const noexcept { return octets_; }
    [[nodiscard]] constexpr std::uint32_t to_integer() const noexcept {
        return (std::uint32_t{octets_[0]} << 24) | (std::uint32_t{octets_[1]} << 16) |
               (std::uint32_t{octets_[2]} << 8) | octets_[3];
    }
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return to_integer() == 0; }
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return to_integer() == 0xffffffff; }
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return octets_[0] == 127; }
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return (octets_[0] & 0xf0) == 0xe0; }
    // Whether a single host can have this address: not 0/8 (RFC 1122 3.2.1.3), 127/8, 224/4, 240/4 or 255.255.255.255.
    [[nodiscard]] constexpr bool is_host() const noexcept {
        return octets_[0] != 0 && octets_[0] != 127 && octets_[0] < 224;
    }

    friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;

  private:
    Octets octets_{};
};

inline constexpr Ipv4Address kBroadcastAddress{255, 255, 255, 255};

inline constexpr std::uint8_t kHardwareEthernet = 1;  // the hardware type of ARP and of DHCP (RFC 1700)

class MacAddress {
  public:
    using Octets = std::array<std::uint8_t, 6>;

    constexpr MacAddress() noexcept = default;
    explicit constexpr MacAddress(Octets octets) noexcept : octets_(octets) {}
    // Six pairs of hexadecimal digits with colons or hyphens between them.
    static std::optional<MacAddress> parse(std::string_view text);

    [[nodiscard]] constexpr const Octets& octets() const noexcept { return octets_; }
    [[nodiscard]] std::string to_string() const;  // "52:54:00:12:34:56"

    friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;

  private:
    Octets octets_{};
};

// A network: an address and how many of its leading bits count. Bits beyond the length are always zero.
class Prefix {
  public:
    static constexpr std::uint8_t kMaxLength = 32;

    constexpr Prefix() noexcept = default;  // 0.0.0.0/0: everything, the destination of a default route
    constexpr Prefix(Ipv4Address address, std::uint8_t length) noexcept
        : length_(length < kMaxLength ? length : kMaxLength),
          network_(Ipv4Address::from_integer(address.to_integer() & mask_bits(length_))) {}
    // "10.0.0.0/8"; a missing length means 32; host bits are masked away.
    static std::optional<Prefix> parse(std::string_view text);

    [[nodiscard]] constexpr Ipv4Address network() const noexcept { return network_; }
    [[nodiscard]] constexpr std::uint8_t length() const noexcept { return length_; }
    [[nodiscard]] constexpr Ipv4Address mask() const noexcept { return Ipv4Address::from_integer(mask_bits(length_)); }
    [[nodiscard]] constexpr Ipv4Address broadcast() const noexcept {
        return Ipv4Address::from_integer(network_.to_integer() | ~mask_bits(length_));
    }
    [[nodiscard]] constexpr bool contains(Ipv4Address address) const noexcept {
        return (address.to_integer() & mask_bits(length_)) == network_.to_integer();
    }
    [[nodiscard]] constexpr bool contains(Prefix other) const noexcept {
        return other.length_ >= length_ && contains(other.network_);
    }
    [[nodiscard]] constexpr bool is_default() const noexcept { return length_ == 0; }
    // RFC 3021: on a /31 or /32 there is no network address and no broadcast address.
    [[nodiscard]] constexpr bool has_broadcast() const noexcept { return length_ < 31; }
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;

  private:
    static constexpr std::uint32_t mask_bits(std::uint8_t length) noexcept {
        return length == 0 ? 0 : ~std::uint32_t{0} << (kMaxLength - length);
    }

    std::uint8_t length_ = 0;
    Ipv4Address network_;
};

// 255.255.255.0 → 24; nothing when the ones are not contiguous.
std::optional<std::uint8_t> prefix_length_of_mask(Ipv4Address mask) noexcept;

// The kernel's number for a network interface (ifi_index); 0 is none.
enum class LinkIndex : int {};

}  // namespace nlinit
