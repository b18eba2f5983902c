// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/duid.hpp"

#include <algorithm>

#include "nlinit/base/hex.hpp"

namespace nlinit::dhcp6 {
namespace {

constexpr std::uint16_t kLinkLayer = 3, kUuid = 4;  // RFC 8415 11.1

}  // namespace

std::optional<Duid> Duid::from_octets(ByteView octets) {
    if (octets.size() < kMinSize || octets.size() > kMaxSize) return std::nullopt;
    Duid duid;
    duid.octets_.assign(octets.begin(), octets.end());
    return duid;
}

Duid Duid::of_link_layer(const MacAddress& mac) {
    ByteWriter out;
    out.u16(kLinkLayer);
    out.u16(kHardwareEthernet);
    out.bytes(mac.octets());
    Duid duid;
    duid.octets_ = std::move(out).take();
    return duid;
}

Duid Duid::of_uuid(const Uuid& uuid) {
    ByteWriter out;
    out.u16(kUuid);
    out.bytes(uuid);
    Duid duid;
    duid.octets_ = std::move(out).take();
    return duid;
}

std::optional<Duid> Duid::of_uuid(std::string_view text) {
    constexpr std::size_t kTextSize = 36;
    std::string digits(text);
    if (text.size() != kTextSize || std::erase(digits, '-') != 4) return std::nullopt;
    const auto octets = parse_hex(digits);
    if (!octets || std::ranges::count(*octets, octets->front()) == std::ssize(*octets)) return std::nullopt;
    Uuid uuid{};
    std::ranges::copy(*octets, uuid.begin());
    return of_uuid(uuid);
}

std::string Duid::to_string() const {
    return to_hex(octets_);
}

std::uint32_t iaid_of(const MacAddress& mac) noexcept {
    ByteReader in(mac.octets());
    in.u16();
    return in.u32();
}

}  // namespace nlinit::dhcp6
