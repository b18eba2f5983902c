// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/option.hpp"

#include <algorithm>
#include <array>

#include "nlinit/base/text.hpp"

namespace nlinit::dhcp6 {
namespace {

std::variant<IaAddress, DropReason> parse_ia_address(ByteView value) {
    ByteReader in(value);
    IaAddress parsed;
    Ipv6Address::Octets octets{};
    std::ranges::copy(in.bytes(octets.size()), octets.begin());
    parsed.address = Ipv6Address(octets);
    parsed.preferred = in.u32();
    parsed.valid = in.u32();
    if (in.overrun()) return DropReason::bad_option_size;
    std::optional<Status> status;
    OptionWalk walk(in.bytes(in.remaining()));
    while (const auto option = walk.next()) {
        if (option->code == OptionCode::status_code && !take_status(option->value, status))
            return DropReason::bad_option_size;
    }
    if (walk.overrun()) return DropReason::nested_options_overrun;
    if (status) parsed.status = status->code;
    return parsed;
}

Bytes serialize(const IaAddress& address) {
    ByteWriter out;
    out.bytes(address.address.octets());
    out.u32(address.preferred);
    out.u32(address.valid);
    if (address.status != StatusCode::success)
        write_option(out, OptionCode::status_code, serialize(Status{address.status, {}}));
    return std::move(out).take();
}

}  // namespace

std::optional<OptionView> OptionWalk::next() noexcept {
    if (in_.at_end()) return std::nullopt;
    const OptionCode code{in_.u16()};
    const auto value = in_.bytes(in_.u16());
    if (in_.overrun()) return std::nullopt;
    return OptionView{code, value};
}

void write_option(ByteWriter& out, OptionCode code, ByteView value) {
    constexpr std::size_t kMaxSize = 0xffff;
    value = value.first(std::min(value.size(), kMaxSize));
    out.u16(static_cast<std::uint16_t>(code));
    out.u16(static_cast<std::uint16_t>(value.size()));
    out.bytes(value);
}

std::string name_of(StatusCode code) {
    constexpr std::array<std::string_view, 7> kNames{"Success",   "UnspecFail",   "NoAddrsAvail", "NoBinding",
                                                     "NotOnLink", "UseMulticast", "NoPrefixAvail"};
    const auto number = static_cast<std::size_t>(code);
    return number < kNames.size() ? std::string(kNames[number]) : "status " + std::to_string(number);
}

bool take_status(ByteView value, std::optional<Status>& status) {
    ByteReader in(value);
    const StatusCode code{in.u16()};
    if (in.overrun()) return false;
    const auto text = in.bytes(std::min(in.remaining(), kMaxStatusMessage));
    if (!status) status = Status{code, std::string(text.begin(), text.end())};
    return true;
}

std::variant<IaNa, DropReason> parse_ia_na(ByteView value) {
    ByteReader in(value);
    IaNa ia;
    ia.iaid = in.u32();
    ia.t1 = in.u32();
    ia.t2 = in.u32();
    if (in.overrun()) return DropReason::bad_option_size;
    std::optional<Status> status;
    OptionWalk walk(in.bytes(in.remaining()));
    while (const auto option = walk.next()) {
        if (option->code == OptionCode::ia_address) {
            const auto parsed = parse_ia_address(option->value);
            if (const auto* reason = std::get_if<DropReason>(&parsed)) return *reason;
            if (ia.addresses.size() < kMaxAddressesRead) ia.addresses.push_back(std::get<IaAddress>(parsed));
        } else if (option->code == OptionCode::status_code && !take_status(option->value, status)) {
            return DropReason::bad_option_size;
        }
    }
    if (walk.overrun()) return DropReason::nested_options_overrun;
    ia.status = std::move(status).value_or(Status{});
    return ia;
}

Bytes serialize(const IaNa& ia) {
    ByteWriter out;
    out.u32(ia.iaid);
    out.u32(ia.t1);
    out.u32(ia.t2);
    for (const auto& address : ia.addresses) write_option(out, OptionCode::ia_address, serialize(address));
    if (ia.status != Status{}) write_option(out, OptionCode::status_code, serialize(ia.status));
    return std::move(out).take();
}

Bytes serialize(const Status& status) {
    ByteWriter out;
    out.u16(static_cast<std::uint16_t>(status.code));
    for (const char letter : std::string_view(status.message).substr(0, kMaxStatusMessage))
        out.u8(static_cast<std::uint8_t>(letter));
    return std::move(out).take();
}

}  // namespace nlinit::dhcp6
