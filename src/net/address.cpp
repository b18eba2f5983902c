// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/address.hpp"

#include <bit>
#include <charconv>

#include "nlinit/base/append.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

// A decimal number of at most max_digits digits without a leading zero, taken off the front of text.
std::optional<unsigned> take_decimal(std::string_view& text, std::size_t max_digits) {
    unsigned value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (fault != std::errc{} || digits > max_digits || (digits > 1 && text.front() == '0')) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::optional<Ipv4Address> Ipv4Address::parse(std::string_view text) {
    std::uint32_t value = 0;
    for (int octet = 0; octet < 4; ++octet) {
        if (octet > 0 && !take(text, '.')) return std::nullopt;
        const auto number = take_decimal(text, 3);
        if (!number || *number > 255) return std::nullopt;
        value = (value << 8) | *number;
    }
    if (!text.empty()) return std::nullopt;
    return from_integer(value);
}

std::string Ipv4Address::to_string() const {
    std::string text;
    for (const auto octet : octets_) {
        if (!text.empty()) text += '.';
        text += std::to_string(octet);
    }
    return text;
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
    constexpr std::size_t kLength = 17;
    if (text.size() != kLength) return std::nullopt;
    Octets octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto octet = parse_hex_byte(text.substr(i * 3, 2));
        if (!octet) return std::nullopt;
        if (i > 0 && text[i * 3 - 1] != ':' && text[i * 3 - 1] != '-') return std::nullopt;
        octets[i] = *octet;
    }
    return MacAddress(octets);
}

std::string MacAddress::to_string() const {
    std::string text;
    for (const auto octet : octets_) {
        if (!text.empty()) text += ':';
        text += kHexDigits[octet >> 4];
        text += kHexDigits[octet & 0xf];
    }
    return text;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const auto parts = split_pair(text, '/');
    const auto address = Ipv4Address::parse(parts ? parts->first : text);
    if (!address) return std::nullopt;
    if (!parts) return Prefix(*address, kMaxLength);
    auto digits = parts->second;
    const auto length = take_decimal(digits, 2);
    if (!length || *length > kMaxLength || !digits.empty()) return std::nullopt;
    return Prefix(*address, static_cast<std::uint8_t>(*length));
}

std::string Prefix::to_string() const {
    return concat({network_.to_string(), "/", std::to_string(length_)});
}

std::optional<std::uint8_t> prefix_length_of_mask(Ipv4Address mask) noexcept {
    const auto bits = mask.to_integer();
    const auto length = std::countl_one(bits);
    if (std::popcount(bits) != length) return std::nullopt;
    return static_cast<std::uint8_t>(length);
}

}  // namespace nlinit
