// SPDX-License-Identifier: Apache-2.0
// Whether packets find their way: a UDP datagram from one namespace to an address of another.
#pragma once

#include <string>

#include "nlinit/net/address.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

// Whom it came from, as the receiver sees it; empty when it does not come.
[[nodiscard]] std::string sender_of_a_datagram(sys::EventLoop& loop, const NetworkNamespace& from,
                                               const NetworkNamespace& to, Ipv4Address address);

}  // namespace nlinit::test
