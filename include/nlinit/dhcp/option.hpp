// SPDX-License-Identifier: Apache-2.0
// DHCP options (RFC 2132), joined once: whatever overload (option 52) and long options (RFC 3396) spread over a message
// is one value here, so that a look-up cannot fail on the layout of the packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {

enum class OptionCode : std::uint8_t {
    pad = 0,
    subnet_mask = 1,
    router = 3,
    name_server = 6,
    host_name = 12,
    domain_name = 15,
    interface_mtu = 26,
    broadcast_address = 28,
    static_route = 33,
    ntp_server = 42,
    vendor_specific = 43,
    requested_address = 50,
    lease_time = 51,
    overload = 52,
    message_type = 53,
    server_identifier = 54,
    parameter_request_list = 55,
    message = 56,
    maximum_message_size = 57,
    renewal_time = 58,
    rebinding_time = 59,
    vendor_class_identifier = 60,
    client_identifier = 61,
    user_class = 77,
    rapid_commit = 80,             // RFC 4039
    ipv6_only_preferred = 108,     // RFC 8925
    captive_portal = 114,          // RFC 8910
    domain_search = 119,           // RFC 3397
    classless_static_route = 121,  // RFC 3442
    ms_classless_static_route = 249,
    end = 255,
};

struct Option {
    OptionCode code{};
    ByteView value;  // borrowed from the Options it is of
};

// Values lie one behind the other in one piece of memory: a message has a dozen options of four bytes.
class Options {
  public:
    // The value of an option, borrowed until the next change; a present option of length 0 is an empty span, not
    // nothing.
    [[nodiscard]] std::optional<ByteView> find(OptionCode code) const& noexcept;
    std::optional<ByteView> find(OptionCode code) && = delete;
    [[nodiscard]] bool has(OptionCode code) const noexcept { return find(code).has_value(); }

    // Typed look-ups. An option that is shorter than its RFC says counts as absent; of one that is longer, as of one
    // that came twice, the first bytes count.
    [[nodiscard]] std::optional<std::uint8_t> u8(OptionCode code) const noexcept;
    [[nodiscard]] std::optional<std::uint16_t> u16(OptionCode code) const noexcept;
    [[nodiscard]] std::optional<std::uint32_t> u32(OptionCode code) const noexcept;
    [[nodiscard]] std::optional<Ipv4Address> address(OptionCode code) const noexcept;

    void set(OptionCode code, ByteView value);  // value: not borrowed from these same options
    void set_u8(OptionCode code, std::uint8_t value);
    void set_u16(OptionCode code, std::uint16_t value);
    void set_u32(OptionCode code, std::uint32_t value);
    void set_address(OptionCode code, Ipv4Address value);
    void set_text(OptionCode code, std::string_view value);
    // RFC 3396: a further part of an option that may have been seen already.
    void append(OptionCode code, ByteView part);

    [[nodiscard]] std::vector<Option> all() const&;  // in order of first appearance
    std::vector<Option> all() && = delete;           // they would be borrowed from what is gone
    friend bool operator==(const Options&, const Options&) = default;

  private:
    // In the order of their values.
    struct Entry {
        OptionCode code{};
        std::size_t size = 0;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    struct Place {
        Entry& entry;
        Bytes::iterator end;  // of its value
    };
    [[nodiscard]] Place place_for(OptionCode code);  // made, and empty, where there was none

    std::vector<Entry> entries_;
    Bytes values_;
};

struct ClasslessRoute {
    Prefix destination;
    Ipv4Address gateway;  // 0.0.0.0: the destination is on link (RFC 3442)
    friend bool operator==(const ClasslessRoute&, const ClasslessRoute&) = default;
};
inline constexpr std::size_t kMaxRoutes = 64;

// Option 121 or 249. Nothing when a prefix is longer than 32 or an entry is cut short: a half-read route table leads
// somewhere else. Left out, and added to `left_out`, are routes into 127/8, those by what is no host, and those beyond
// kMaxRoutes.
[[nodiscard]] std::optional<std::vector<ClasslessRoute>> parse_classless_routes(ByteView value,
                                                                                std::size_t* left_out = nullptr);

}  // namespace nlinit::dhcp
