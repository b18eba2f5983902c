// SPDX-License-Identifier: Apache-2.0
// Addresses and networks of either family, for code that treats both alike: routes, name servers, plans.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nlinit/net/address.hpp"
#include "nlinit/net/ipv6_address.hpp"

namespace nlinit {

enum class Family : std::uint8_t { kIpv4, kIpv6 };

// How many bits an address of the family has.
[[nodiscard]] constexpr std::uint8_t bits_of(Family family) noexcept {
    return family == Family::kIpv4 ? 32 : 128;
}

// Every IPv4 address is less than every IPv6 address.
class IpAddress {
  public:
    constexpr IpAddress() noexcept = default;  // 0.0.0.0
    // NOLINTNEXTLINE(google-explicit-constructor): an address of one family is an address
    constexpr IpAddress(Ipv4Address address) noexcept {
        std::copy(address.octets().begin(), address.octets().end(), octets_.begin());
    }
    // NOLINTNEXTLINE(google-explicit-constructor): an address of one family is an address
    constexpr IpAddress(Ipv6Address address) noexcept : family_(Family::kIpv6), octets_(address.octets()) {}
    // As Ipv4Address and Ipv6Address parse.
    static std::optional<IpAddress> parse(std::string_view text);
    // Takes 4 octets as IPv4 and 16 as IPv6, in network order; gives nothing for any other number of octets.
    static std::optional<IpAddress> from_octets(std::span<const std::uint8_t> octets) noexcept;

    [[nodiscard]] constexpr Family family() const noexcept { return family_; }
    [[nodiscard]] constexpr std::optional<Ipv4Address> ipv4() const noexcept {
        if (family_ != Family::kIpv4) return std::nullopt;
        return Ipv4Address(octets_[0], octets_[1], octets_[2], octets_[3]);
    }
    [[nodiscard]] constexpr std::optional<Ipv6Address> ipv6() const noexcept {
        if (family_ != Family::kIpv6) return std::nullopt;
        return Ipv6Address(octets_);
    }
    // 4 or 16, in the order of the wire.
    [[nodiscard]] constexpr std::span<const std::uint8_t> octets() const noexcept {
        return std::span(octets_).first(bits_of(family_) / 8);
    }
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return octets_ == Ipv6Address::Octets{}; }
    // Whether the address is in fe80::/10. 169.254/16 does not count: routes treat it as any other network.
    [[nodiscard]] constexpr bool is_link_local() const noexcept {
        return family_ == Family::kIpv6 && Ipv6Address(octets_).is_link_local();
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return family_ == Family::kIpv4 ? ipv4()->is_loopback() : Ipv6Address(octets_).is_loopback();
    }
    [[nodiscard]] constexpr bool is_host() const noexcept {
        return family_ == Family::kIpv4 ? ipv4()->is_host() : Ipv6Address(octets_).is_host();
    }

    friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

  private:
    Family family_ = Family::kIpv4;
    Ipv6Address::Octets octets_{};  // of IPv4 the first four, then zeros
};

// A network: an address and how many of its leading bits count. Bits beyond the length are always zero.
class IpPrefix {
  public:
    constexpr IpPrefix() noexcept = default;  // 0.0.0.0/0
    IpPrefix(IpAddress address, std::uint8_t length) noexcept;
    // NOLINTNEXTLINE(google-explicit-constructor): a network of one family is a network
    IpPrefix(const Prefix& prefix) noexcept : IpPrefix(prefix.network(), prefix.length()) {}
    // 0.0.0.0/0 or ::/0: everything, the destination of a default route.
    static IpPrefix everything(Family family) noexcept;
    // "10.0.0.0/8", "2001:db8::/32"; a missing length means that all bits count; host bits are masked away.
    static std::optional<IpPrefix> parse(std::string_view text);

    [[nodiscard]] constexpr Family family() const noexcept { return network_.family(); }
    [[nodiscard]] constexpr const IpAddress& network() const noexcept { return network_; }
    [[nodiscard]] constexpr std::uint8_t length() const noexcept { return length_; }
    // A network never contains addresses of the other family.
    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
    [[nodiscard]] bool contains(const IpPrefix& other) const noexcept;
    [[nodiscard]] constexpr bool is_default() const noexcept { return length_ == 0; }
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const IpPrefix&, const IpPrefix&) = default;

  private:
    IpAddress network_;
    std::uint8_t length_ = 0;
};

}  // namespace nlinit
