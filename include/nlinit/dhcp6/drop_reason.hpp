// SPDX-License-Identifier: Apache-2.0
// Every way in which a received datagram ends without becoming an answer to the DHCPv6 client, from the outside in.
// Each has its own counter; none moves a timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nlinit/base/counters.hpp"

namespace nlinit::dhcp6 {

enum class DropReason : std::uint8_t {
    // The datagram (RFC 8415 7.1, 18.4).
    truncated_by_kernel,
    // The message and its options (RFC 8415 8, 21.1).
    short_message,
    unknown_message_type,
    options_overrun,
    nested_options_overrun,
    bad_option_size,
    repeated_option,
    bad_duid,
    // Whom it is from and for (RFC 8415 16).
    not_a_reply,
    other_transaction,
    no_client_identifier,
    other_client_identifier,
    no_server_identifier,
    other_server,
    not_expected_in_state,
    rapid_commit_mismatch,
    // What the server refuses (RFC 8415 21.13).
    unspecified_failure,
    no_addresses_available,
    no_binding,
    not_on_link,
    use_multicast,
    no_prefix_available,
    unknown_status,
    // What it grants (RFC 8415 21.4, 21.6).
    no_identity_association,
    bad_renewal_times,
    no_address,
    bad_address,
    bad_lifetimes,
    no_lifetime,
    lease_over,
};
inline constexpr std::size_t kDropReasonCount = static_cast<std::size_t>(DropReason::lease_over) + 1;

std::string_view name_of(DropReason reason) noexcept;         // "options_overrun", for JSON
std::string_view explanation_of(DropReason reason) noexcept;  // "with an option that runs past the end", for a sentence

using DropCounters = Counters<DropReason, kDropReasonCount>;

}  // namespace nlinit::dhcp6
