// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/drop_reason.hpp"

#include <array>

namespace nlinit::dhcp6 {
namespace {

struct Words {
    DropReason reason;
    std::string_view name, explanation;
};

// In the order of the enumeration, so that a reason is its own index.
constexpr std::array<Words, kDropReasonCount> kWords{{
    {DropReason::truncated_by_kernel, "truncated_by_kernel", "longer than is read"},
    {DropReason::short_message, "short_message", "shorter than a DHCPv6 message"},
    {DropReason::unknown_message_type, "unknown_message_type", "of a type that is none of a client's or a server's"},
    {DropReason::options_overrun, "options_overrun", "with an option that runs past the end"},
    {DropReason::nested_options_overrun, "nested_options_overrun",
     "with an option that runs past the end of the option around it"},
    {DropReason::bad_option_size, "bad_option_size", "with an option of another size than it has to have"},
    {DropReason::repeated_option, "repeated_option", "with two client or server identifiers"},
    {DropReason::bad_duid, "bad_duid", "with an identifier (DUID) of less than 3 or more than 130 octets"},
    {DropReason::not_a_reply, "not_a_reply", "of a type that only clients send"},
    {DropReason::other_transaction, "other_transaction", "of another transaction"},
    {DropReason::no_client_identifier, "no_client_identifier", "that do not say which client they are for"},
    {DropReason::other_client_identifier, "other_client_identifier", "for another client identifier"},
    {DropReason::no_server_identifier, "no_server_identifier", "that do not say which server sent them"},
    {DropReason::other_server, "other_server", "of another server than the chosen one"},
    {DropReason::not_expected_in_state, "not_expected_in_state", "that nothing had asked for"},
    {DropReason::rapid_commit_mismatch, "rapid_commit_mismatch", "whose rapid commit option does not match ours"},
    {DropReason::unspecified_failure, "unspecified_failure", "of a server that could not do it (UnspecFail)"},
    {DropReason::no_addresses_available, "no_addresses_available", "of a server without addresses (NoAddrsAvail)"},
    {DropReason::no_binding, "no_binding", "of a server that does not know the lease (NoBinding)"},
    {DropReason::not_on_link, "not_on_link", "saying that the addresses are not of this link (NotOnLink)"},
    {DropReason::use_multicast, "use_multicast", "wanting the multicast that we use (UseMulticast)"},
    {DropReason::no_prefix_available, "no_prefix_available", "about prefixes that nobody asked for (NoPrefixAvail)"},
    {DropReason::unknown_status, "unknown_status", "with a status that is none of RFC 8415's"},
    {DropReason::no_identity_association, "no_identity_association", "without our identity association (IA_NA)"},
    {DropReason::bad_renewal_times, "bad_renewal_times", "whose T1 is after T2"},
    {DropReason::no_address, "no_address", "without an address"},
    {DropReason::bad_address, "bad_address", "granting an address that is not for use beyond a link"},
    {DropReason::bad_lifetimes, "bad_lifetimes", "whose preferred lifetime is longer than the valid one"},
    {DropReason::no_lifetime, "no_lifetime", "granting an address for no time"},
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

}  // namespace nlinit::dhcp6
