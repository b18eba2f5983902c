// SPDX-License-Identifier: Apache-2.0
// Every way in which a received frame ends without becoming an event of the DHCP client, from the outside in.
// Each has its own counter; none moves a timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nlinit/base/counters.hpp"

namespace nlinit {

enum class DropReason : std::uint8_t {
    // How the kernel handed it over.
    truncated_by_kernel,
    not_for_this_host,
    own_transmission,
    other_interface,
    // IPv4 (RFC 791).
    short_ip_header,
    not_ipv4,
    bad_header_length,
    bad_total_length,
    fragment,
    bad_ip_checksum,
    not_udp,
    // UDP (RFC 768).
    other_port,
    bad_udp_length,
    bad_udp_checksum,
    // The BOOTP header (RFC 2131 2).
    short_message,
    not_a_reply,
    bad_op_code,
    other_hardware_type,
    bad_hardware_size,
    bad_cookie,
    other_hardware_address,
    other_transaction,
    // Options (RFC 2132).
    options_overrun,
    no_message_type,
    bad_message_type_size,
    two_message_types,
    unknown_message_type,
    bad_message_type,
    other_client_identifier,
    // What the client thinks of a well-formed message in its present state.
    not_expected_in_state,
    server_refused,
    other_server,
    no_server_identifier,
    bad_server_identifier,
    bad_offered_address,
    address_of_server,
    address_of_subnet,
    other_address,
    no_lease_time,
    bad_subnet_mask,
    rapid_commit_mismatch,
    lease_over,
};
inline constexpr std::size_t kDropReasonCount = static_cast<std::size_t>(DropReason::lease_over) + 1;

std::string_view name_of(DropReason reason) noexcept;         // "bad_udp_checksum", for JSON
std::string_view explanation_of(DropReason reason) noexcept;  // "with a bad UDP checksum: …", for a sentence

using DropCounters = Counters<DropReason, kDropReasonCount>;

}  // namespace nlinit
