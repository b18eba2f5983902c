// SPDX-License-Identifier: Apache-2.0
// What an ACK leaves out. RFC 2131 4.3.1 and 4.3.2 have a server send its parameters with every ACK, yet servers are
// about that say to a renewal, or to the REQUEST behind their own OFFER, nothing but the lease time. What is not said
// has not changed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nlinit/dhcp/option.hpp"

namespace nlinit::dhcp {

// Adds to the options of an ACK what they leave out of those of the OFFER, or of the lease, before it; an option that
// makes no sense is left out too. Gives what was added. Never taken over is what belongs to one message: the times of
// the lease, the server, and what describes the message.
// - The routes are one group (RFC 3442): with 121 (or 249 where it is read) nothing is added to them, beside another
//   router than before neither. A router is added to option 33 alone, which can have no default route (RFC 2132 5.8).
// - A broadcast address goes with its mask, a search list with its domain name: where that is another now, the old one
//   is not added.
// `more`: further options that were asked for.
[[nodiscard]] std::vector<OptionCode> inherit(Options& options, const Options& before, bool ms_routes,
                                              std::span<const std::uint8_t> more);

// The routes of `before` that an ACK gives up by naming another router; `options` as received.
[[nodiscard]] std::optional<OptionCode> given_up_for_router(const Options& options, const Options& before,
                                                            bool ms_routes);

}  // namespace nlinit::dhcp
