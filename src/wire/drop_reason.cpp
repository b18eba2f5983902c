// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/drop_reason.hpp"

#include <array>

namespace nlinit {
namespace {

struct Words {
    DropReason reason;
    std::string_view name, explanation;
};

// In the order of the enumeration, so that a reason is its own index.
constexpr std::array<Words, kDropReasonCount> kWords{{
    {DropReason::truncated_by_kernel, "truncated_by_kernel", "longer than the receive buffer"},
    {DropReason::not_for_this_host, "not_for_this_host", "for another host's hardware address"},
    {DropReason::own_transmission, "own_transmission", "looped back from this host"},
    {DropReason::other_interface, "other_interface", "from another interface"},
    {DropReason::short_ip_header, "short_ip_header", "shorter than an IPv4 header"},
    {DropReason::not_ipv4, "not_ipv4", "of another IP version"},
    {DropReason::bad_header_length, "bad_header_length", "with an impossible IPv4 header length"},
    {DropReason::bad_total_length, "bad_total_length", "whose IPv4 total length does not fit the frame"},
    {DropReason::fragment, "fragment", "that are IPv4 fragments"},
    {DropReason::bad_ip_checksum, "bad_ip_checksum", "with a bad IPv4 header checksum"},
    {DropReason::not_udp, "not_udp", "that are not UDP"},
    {DropReason::other_port, "other_port", "to another UDP port than 68"},
    {DropReason::bad_udp_length, "bad_udp_length", "whose UDP length does not fit the packet"},
    {DropReason::bad_udp_checksum, "bad_udp_checksum",
     "with a bad UDP checksum: the host's tap may have TX checksum offload on"},
    {DropReason::short_message, "short_message", "shorter than a DHCP message"},
    {DropReason::not_a_reply, "not_a_reply", "that are requests of other clients"},
    {DropReason::bad_op_code, "bad_op_code", "that are neither request nor reply (op is not 1 or 2)"},
    {DropReason::other_hardware_type, "other_hardware_type", "for another hardware type than Ethernet"},
    {DropReason::bad_hardware_size, "bad_hardware_size",
     "whose hardware address length (hlen) is not the 6 of Ethernet"},
    {DropReason::bad_cookie, "bad_cookie", "without the DHCP magic cookie (a BOOTP server?)"},
    {DropReason::other_hardware_address, "other_hardware_address", "for another client's hardware address"},
    {DropReason::other_transaction, "other_transaction", "of another transaction (xid)"},
    {DropReason::options_overrun, "options_overrun", "with an option that runs past the end"},
    {DropReason::no_message_type, "no_message_type", "without a DHCP message type (a BOOTP server?)"},
    {DropReason::bad_message_type_size, "bad_message_type_size", "whose message type (option 53) is not one byte"},
    {DropReason::two_message_types, "two_message_types", "with two different message types (option 53)"},
    {DropReason::unknown_message_type, "unknown_message_type",
     "whose message type (option 53) is none of the 1 to 8 of RFC 2131"},
    {DropReason::bad_message_type, "bad_message_type", "of a type that only clients send"},
    {DropReason::other_client_identifier, "other_client_identifier", "for another client identifier"},
    {DropReason::not_expected_in_state, "not_expected_in_state", "that nothing had asked for"},
    {DropReason::server_refused, "server_refused", "of a server that the configuration refuses"},
    {DropReason::other_server, "other_server", "of another server than the chosen one"},
    {DropReason::no_server_identifier, "no_server_identifier", "that do not say which server sent them"},
    {DropReason::bad_server_identifier, "bad_server_identifier",
     "whose server identifier (option 54) is no host's address"},
    {DropReason::bad_offered_address, "bad_offered_address", "granting an address that no host can have"},
    {DropReason::address_of_server, "address_of_server", "granting the address of the server itself"},
    {DropReason::address_of_subnet, "address_of_subnet",
     "granting the network or broadcast address of their own subnet mask"},
    {DropReason::other_address, "other_address", "for another address than the requested one"},
    {DropReason::no_lease_time, "no_lease_time", "without a usable lease time (option 51)"},
    {DropReason::bad_subnet_mask, "bad_subnet_mask", "with a subnet mask that has holes or is zero"},
    {DropReason::rapid_commit_mismatch, "rapid_commit_mismatch", "whose rapid commit option does not match ours"},
    {DropReason::lease_over, "lease_over", "whose lease had ended by the time they were read"},
}};

static_assert(are_in_order(kWords, &Words::reason));

}  // namespace

std::string_view name_of(DropReason reason) noexcept {
    return kWords[static_cast<std::size_t>(reason)].name;
}

std::string_view explanation_of(DropReason reason) noexcept {
    return kWords[static_cast<std::size_t>(reason)].explanation;
}

}  // namespace nlinit
