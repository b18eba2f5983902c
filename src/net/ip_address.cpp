// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/ip_address.hpp"

#include <charconv>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

IpAddress masked(const IpAddress& address, std::uint8_t length) noexcept {
    Ipv6Address::Octets octets{};
    const auto given = address.octets();
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto kept = std::clamp(length - 8 * static_cast<int>(i), 0, 8);
        octets[i] = static_cast<std::uint8_t>(given[i] & (0xff00 >> kept));
    }
    return IpAddress::from_octets(std::span(octets).first(given.size())).value_or(address);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (const auto ipv4 = Ipv4Address::parse(text)) return *ipv4;
    if (const auto ipv6 = Ipv6Address::parse(text)) return *ipv6;
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::from_octets(std::span<const std::uint8_t> octets) noexcept {
    if (octets.size() == Ipv4Address::Octets{}.size()) return Ipv4Address(octets[0], octets[1], octets[2], octets[3]);
    Ipv6Address::Octets all{};
    if (octets.size() != all.size()) return std::nullopt;
    std::copy(octets.begin(), octets.end(), all.begin());
    return Ipv6Address(all);
}

std::string IpAddress::to_string() const {
    return family_ == Family::kIpv4 ? ipv4()->to_string() : Ipv6Address(octets_).to_string();
}

IpPrefix::IpPrefix(IpAddress address, std::uint8_t length) noexcept
    : length_(std::min(length, bits_of(address.family()))) {
    network_ = masked(address, length_);
}

IpPrefix IpPrefix::everything(Family family) noexcept {
    return family == Family::kIpv4 ? IpPrefix(Ipv4Address(), 0) : IpPrefix(Ipv6Address(), 0);
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
    const auto parts = split_pair(text, '/');
    const auto address = IpAddress::parse(parts ? parts->first : text);
    if (!address) return std::nullopt;
    if (!parts) return IpPrefix(*address, bits_of(address->family()));
    const auto digits = parts->second;
    unsigned length = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool leading_zero = digits.size() > 1 && digits.front() == '0';
    if (fault != std::errc{} || end != digits.data() + digits.size() || leading_zero) return std::nullopt;
    if (length > bits_of(address->family())) return std::nullopt;
    return IpPrefix(*address, static_cast<std::uint8_t>(length));
}

bool IpPrefix::contains(const IpAddress& address) const noexcept {
    return address.family() == family() && masked(address, length_) == network_;
}

bool IpPrefix::contains(const IpPrefix& other) const noexcept {
    return other.length_ >= length_ && contains(other.network_);
}

std::string IpPrefix::to_string() const {
    return concat({network_.to_string(), "/", std::to_string(length_)});
}

}  // namespace nlinit
