// SPDX-License-Identifier: Apache-2.0
// When to send again. RFC 2131 4.1 wants 4 s doubling to 64 s, for a building full of hosts on 10 Mbit/s Ethernet; a
// guest's server is mostly a microsecond away, so the ladder starts short, holds while a server may just be restarting,
// and then becomes the RFC's.
#pragma once

#include <cstdint>
#include <functional>

#include "nlinit/base/time.hpp"

namespace nlinit::dhcp {

using RandomBits = std::function<std::uint32_t()>;

// How long to wait after the attempt-th transmission (0 is the first) of a transaction that began `elapsed` ago, with
// jitter so that guests that start together do not stay together.
[[nodiscard]] Duration retransmission_delay(unsigned attempt, Duration elapsed, const RandomBits& random);

// RFC 2131 4.4.5 for RENEWING and REBINDING: half of what is left, not below a floor. The floor is the RFC's 60 s, or a
// quarter of the phase where that is shorter, so that a lease of minutes gets more than one try.
[[nodiscard]] Duration renewal_delay(Duration left_of_phase, Duration phase);

// After the nth NAK in a row (1 is the first): 0, 1, 2, 4 … 60 s, so that a server that refuses for ever is not asked
// at wire speed.
[[nodiscard]] Duration nak_delay(unsigned naks_in_a_row);

}  // namespace nlinit::dhcp
