// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/option.hpp"

#include <algorithm>
#include <cstddef>

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

std::optional<ByteView> Options::find(OptionCode code) const& noexcept {
    std::size_t start = 0;
    for (const auto& [other, size] : entries_) {
        if (other == code) return ByteView(values_).subspan(start, size);
        start += size;
    }
    return std::nullopt;
}

std::vector<Option> Options::all() const& {
    std::vector<Option> options;
    options.reserve(entries_.size());
    std::size_t start = 0;
    for (const auto& [code, size] : entries_) {
        options.push_back({code, ByteView(values_).subspan(start, size)});
        start += size;
    }
    return options;
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

Options::Place Options::place_for(OptionCode code) {
    auto end = values_.begin();
    for (auto& entry : entries_) {
        end += static_cast<std::ptrdiff_t>(entry.size);
        if (entry.code == code) return {entry, end};
    }
    return {entries_.emplace_back(Entry{code, 0}), end};
}

void Options::set(OptionCode code, ByteView value) {
    const auto [entry, end] = place_for(code);
    const auto start = values_.erase(end - static_cast<std::ptrdiff_t>(entry.size), end);
    values_.insert(start, value.begin(), value.end());
    entry.size = value.size();
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
    const auto [entry, end] = place_for(code);
    part = part.first(std::min(part.size(), kMaxOptionSize - std::min(kMaxOptionSize, entry.size)));
    values_.insert(end, part.begin(), part.end());
    entry.size += part.size();
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
