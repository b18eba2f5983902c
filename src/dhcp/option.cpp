#include "nlinit/dhcp/option.hpp"

#include <algorithm>

namespace nlinit::dhcp {
namespace {

// No option that a client reads is longer; the parts of a longer one (RFC 3396) are cut off.
constexpr std::size_t kMaxOptionSize = 4096;

std::optional<std::uint32_t> integer(std::optional<ByteView> value, std::size_t size) {
    if (!value || value->size() < size) return std::nullopt;
    std::uint32_t number = 0;
    for (const auto byte : value->first(size)) number = (number << 8) | byte;
    return number;
}

}  // namespace

std::optional<ByteView> Options::find(OptionCode code) const noexcept {
    const auto found = std::ranges::find(options_, code, &Option::code);
    if (found == options_.end()) return std::nullopt;
    return ByteView(found->value);
}

std::optional<std::uint8_t> Options::u8(OptionCode code) const noexcept {
    const auto number = integer(find(code), 1);
    if (!number) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

std::optional<std::uint16_t> Options::u16(OptionCode code) const noexcept {
    const auto number = integer(find(code), 2);
    if (!number) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

std::optional<std::uint32_t> Options::u32(OptionCode code) const noexcept {
    return integer(find(code), 4);
}

std::optional<Ipv4Address> Options::address(OptionCode code) const noexcept {
    const auto number = u32(code);
    if (!number) return std::nullopt;
    return Ipv4Address::from_integer(*number);
}

void Options::set(OptionCode code, ByteView value) {
    const auto found = std::ranges::find(options_, code, &Option::code);
    if (found != options_.end()) {
        found->value.assign(value.begin(), value.end());
    } else {
        options_.push_back({code, Bytes(value.begin(), value.end())});
    }
}

void Options::set_u8(OptionCode code, std::uint8_t value) {
    set(code, {&value, 1});
}

void Options::set_u16(OptionCode code, std::uint16_t value) {
    ByteWriter out;
    out.u16(value);
    set(code, std::move(out).take());
}

void Options::set_u32(OptionCode code, std::uint32_t value) {
    ByteWriter out;
    out.u32(value);
    set(code, std::move(out).take());
}

void Options::set_address(OptionCode code, Ipv4Address value) {
    set(code, value.octets());
}

void Options::set_text(OptionCode code, std::string_view value) {
    set(code, Bytes(value.begin(), value.end()));
}

void Options::append(OptionCode code, ByteView part) {
    const auto found = std::ranges::find(options_, code, &Option::code);
    if (found == options_.end()) {
        set(code, part);
        return;
    }
    part = part.first(std::min(part.size(), kMaxOptionSize - std::min(kMaxOptionSize, found->value.size())));
    found->value.insert(found->value.end(), part.begin(), part.end());
}

std::optional<std::vector<ClasslessRoute>> parse_classless_routes(ByteView value, std::size_t* left_out) {
    std::vector<ClasslessRoute> routes;
    ByteReader in(value);
    while (!in.at_end()) {
        // RFC 3442: the prefix length, only as many octets of the destination as count, the router.
        const auto length = in.u8();
        if (length > Prefix::kMaxLength) return std::nullopt;
        const auto significant = in.bytes((length + 7U) / 8U);
        Ipv4Address::Octets destination{};
        std::ranges::copy(significant, destination.begin());
        const auto gateway = Ipv4Address::from_integer(in.u32());
        if (in.overrun()) return std::nullopt;
        const auto [a, b, c, d] = destination;
        const Prefix prefix(Ipv4Address(a, b, c, d), length);
        const bool usable_gateway = gateway.is_unspecified() || gateway.is_host();
        if (usable_gateway && !(length >= 8 && prefix.network().is_loopback()) && routes.size() < kMaxRoutes)
            routes.push_back({prefix, gateway});
        else if (left_out != nullptr)
            ++*left_out;
    }
    return routes;
}

}  // namespace nlinit::dhcp
