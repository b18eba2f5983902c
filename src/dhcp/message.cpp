// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/message.hpp"

#include <algorithm>
#include <array>

namespace nlinit::dhcp {
namespace {

constexpr std::uint32_t kMagicCookie = 0x63825363;
constexpr std::uint8_t kEthernetAddressSize = 6;
constexpr std::size_t kChaddrSize = 16;
constexpr std::size_t kSnameSize = 64;
constexpr std::size_t kFileSize = 128;
constexpr std::uint16_t kBroadcastFlag = 0x8000;
constexpr std::size_t kMaxPartSize = 255;
constexpr auto kMaxElapsed = std::chrono::seconds(0xffff);

// RFC 2132 9.3.
constexpr std::uint8_t kOverloadFile = 1;
constexpr std::uint8_t kOverloadSname = 2;

// What the option areas hold that belongs to the message's layout and not to its options.
struct Layout {
    std::uint8_t overload = 0;
    bool overload_seen = false;
    std::optional<std::uint8_t> type;
    std::optional<DropReason> bad_type;
};

void take_type(ByteView value, Layout& layout) {
    if (value.size() != 1) {
        layout.bad_type = DropReason::bad_message_type_size;
    } else if (layout.type.value_or(value[0]) != value[0]) {
        layout.bad_type = DropReason::two_message_types;
    } else {
        layout.type = value[0];
    }
}

// Only the first counts: a second one, or one inside an overloaded area, could make an area be read twice.
void take_overload(ByteView value, Layout& layout) {
    if (layout.overload_seen) return;
    layout.overload_seen = true;
    if (value.size() == 1 && value[0] <= (kOverloadFile | kOverloadSname)) layout.overload = value[0];
}

// Reads one area; false when an option runs past its end. A missing END is no fault.
bool read_area(ByteView area, Options& options, Layout& layout) {
    ByteReader in(area);
    while (!in.at_end()) {
        const OptionCode code{in.u8()};
        if (code == OptionCode::pad) continue;
        if (code == OptionCode::end) return true;
        const auto value = in.bytes(in.u8());
        if (in.overrun()) return false;
        if (code == OptionCode::message_type) {
            take_type(value, layout);
        } else if (code == OptionCode::overload) {
            take_overload(value, layout);
        } else {
            options.append(code, value);
        }
    }
    return !in.overrun();
}

std::optional<DropReason> read_options(ByteView main, ByteView file, ByteView sname, Message& message) {
    Layout layout;
    if (!read_area(main, message.options, layout)) return DropReason::options_overrun;
    const auto overload = layout.overload;  // of the main area: none within file or sname counts
    // RFC 3396 5: the file area before the sname area.
    if ((overload & kOverloadFile) != 0 && !read_area(file, message.options, layout))
        return DropReason::options_overrun;
    if ((overload & kOverloadSname) != 0 && !read_area(sname, message.options, layout))
        return DropReason::options_overrun;
    if (layout.bad_type) return layout.bad_type;
    if (!layout.type) return DropReason::no_message_type;
    if (*layout.type < 1 || *layout.type > static_cast<std::uint8_t>(MessageType::inform))
        return DropReason::unknown_message_type;
    message.type = MessageType{*layout.type};
    return std::nullopt;
}

Ipv4Address read_address(ByteReader& in) {
    return Ipv4Address::from_integer(in.u32());
}

MacAddress read_chaddr(ByteReader& in) {
    const auto field = in.bytes(kChaddrSize);
    MacAddress::Octets octets{};
    std::ranges::copy(field.first(octets.size()), octets.begin());
    return MacAddress(octets);
}

bool is_op_code(std::uint8_t op) {
    return op == static_cast<std::uint8_t>(OpCode::boot_request) || op == static_cast<std::uint8_t>(OpCode::boot_reply);
}

void write_option(ByteWriter& out, OptionCode code, ByteView value) {
    do {
        const auto part = value.first(std::min(value.size(), kMaxPartSize));
        out.u8(static_cast<std::uint8_t>(code));
        out.u8(static_cast<std::uint8_t>(part.size()));
        out.bytes(part);
        value = value.subspan(part.size());
    } while (!value.empty());
}

void write_options(ByteWriter& out, const Message& message) {
    const auto type = static_cast<std::uint8_t>(message.type);
    write_option(out, OptionCode::message_type, {&type, 1});
    for (const auto& option : message.options.all()) {
        const bool is_layout = option.code == OptionCode::pad || option.code == OptionCode::end ||
                               option.code == OptionCode::overload || option.code == OptionCode::message_type;
        if (!is_layout) write_option(out, option.code, option.value);
    }
    out.u8(static_cast<std::uint8_t>(OptionCode::end));
}

}  // namespace

std::string_view name_of(MessageType type) noexcept {
    constexpr std::array<std::string_view, 9> kNames{"?",   "DISCOVER", "OFFER",   "REQUEST", "DECLINE",
                                                     "ACK", "NAK",      "RELEASE", "INFORM"};
    const auto index = static_cast<std::size_t>(type);
    return kNames[index < kNames.size() ? index : 0];
}

std::variant<Message, DropReason> parse(ByteView payload) {
    if (payload.size() < kHeaderSize) return DropReason::short_message;
    ByteReader in(payload);
    Message message;
    const auto op = in.u8();
    const auto hardware_type = in.u8();
    const auto hardware_size = in.u8();
    in.u8();  // hops
    message.xid = in.u32();
    message.elapsed = std::chrono::seconds(in.u16());
    message.broadcast = (in.u16() & kBroadcastFlag) != 0;
    message.ciaddr = read_address(in);
    message.yiaddr = read_address(in);
    message.siaddr = read_address(in);
    message.giaddr = read_address(in);
    message.chaddr = read_chaddr(in);
    const auto sname = in.bytes(kSnameSize);
    const auto file = in.bytes(kFileSize);
    const auto cookie = in.u32();

    if (!is_op_code(op)) return DropReason::bad_op_code;
    message.op = OpCode{op};
    if (hardware_type != kHardwareEthernet) return DropReason::other_hardware_type;
    if (hardware_size != kEthernetAddressSize) return DropReason::bad_hardware_size;
    if (cookie != kMagicCookie) return DropReason::bad_cookie;
    if (const auto reason = read_options(in.bytes(in.remaining()), file, sname, message)) return *reason;
    return message;
}

Bytes serialize(const Message& message) {
    ByteWriter out(kMinimumRequestSize);
    out.u8(static_cast<std::uint8_t>(message.op));
    out.u8(kHardwareEthernet);
    out.u8(kEthernetAddressSize);
    out.u8(0);  // hops
    out.u32(message.xid);
    out.u16(static_cast<std::uint16_t>(std::clamp(message.elapsed, std::chrono::seconds(0), kMaxElapsed).count()));
    out.u16(message.broadcast ? kBroadcastFlag : 0);
    for (const auto& address : {message.ciaddr, message.yiaddr, message.siaddr, message.giaddr})
        out.bytes(address.octets());
    out.bytes(message.chaddr.octets());
    out.pad_to(kHeaderSize - sizeof(kMagicCookie));  // the rest of chaddr, sname and file
    out.u32(kMagicCookie);
    write_options(out, message);
    out.pad_to(kMinimumRequestSize);
    return std::move(out).take();
}

}  // namespace nlinit::dhcp
