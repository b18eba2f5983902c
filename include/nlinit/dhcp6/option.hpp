// SPDX-License-Identifier: Apache-2.0
// DHCPv6 options (RFC 8415 21): their codes, the walk over them, and identity associations with the addresses in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp6/drop_reason.hpp"
#include "nlinit/net/ipv6_address.hpp"

namespace nlinit::dhcp6 {

enum class OptionCode : std::uint16_t {
    client_identifier = 1,
    server_identifier = 2,
    ia_na = 3,
    ia_address = 5,
    option_request = 6,
    preference = 7,
    elapsed_time = 8,
    status_code = 13,
    rapid_commit = 14,
    name_servers = 23,              // RFC 3646
    domain_list = 24,               // RFC 3646
    information_refresh_time = 32,  // RFC 8415 21.23
    sol_max_rt = 82,
    inf_max_rt = 83,
};

struct OptionView {
    OptionCode code{};
    ByteView value;  // borrowed
};

// The options in `data`, one after the other. Gives nothing at the end, or at an option that overruns it (overrun()).
class OptionWalk {
  public:
    explicit constexpr OptionWalk(ByteView data) noexcept : in_(data) {}
    std::optional<OptionView> next() noexcept;
    [[nodiscard]] bool overrun() const noexcept { return in_.overrun(); }

  private:
    ByteReader in_;
};

void write_option(ByteWriter& out, OptionCode code, ByteView value);

enum class StatusCode : std::uint16_t {
    success = 0,
    unspec_fail = 1,
    no_addrs_avail = 2,
    no_binding = 3,
    not_on_link = 4,
    use_multicast = 5,
    no_prefix_avail = 6,  // RFC 8415 21.13; of others the number
};
std::string name_of(StatusCode code);  // "NoAddrsAvail"

struct Status {
    StatusCode code = StatusCode::success;
    std::string message;  // UTF-8 as the server has it, cut at kMaxStatusMessage: printable() before it is shown
    friend bool operator==(const Status&, const Status&) = default;
};
inline constexpr std::size_t kMaxStatusMessage = 128;

struct IaAddress {
    Ipv6Address address;
    std::uint32_t preferred = 0, valid = 0;   // seconds
    StatusCode status = StatusCode::success;  // of what is wrong with this one, the code alone
    friend bool operator==(const IaAddress&, const IaAddress&) = default;
};

struct IaNa {
    std::uint32_t iaid = 0;
    std::uint32_t t1 = 0, t2 = 0;  // seconds
    std::vector<IaAddress> addresses;
    Status status;
    friend bool operator==(const IaNa&, const IaNa&) = default;
};

inline constexpr std::uint32_t kInfinity = 0xffffffff;  // of a lifetime, T1 and T2 (RFC 8415 7.7)
inline constexpr std::size_t kMaxAddressesRead = 32;    // of one IA; those beyond are left out

// Reads the value of an option. An option that is not allowed inside of another, such as an IA in an IA, is passed over
// (RFC 8415 16), so nothing here calls itself.
[[nodiscard]] std::variant<IaNa, DropReason> parse_ia_na(ByteView value);
// The first one counts. False when it is shorter than its code.
[[nodiscard]] bool take_status(ByteView value, std::optional<Status>& status);

[[nodiscard]] Bytes serialize(const IaNa& ia);
[[nodiscard]] Bytes serialize(const Status& status);

}  // namespace nlinit::dhcp6
