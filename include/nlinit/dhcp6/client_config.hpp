// SPDX-License-Identifier: Apache-2.0
// How a DHCPv6 client is to behave, and the messages it sends when it does.
#pragma once

#include <cstdint>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/duid.hpp"
#include "nlinit/dhcp6/lease.hpp"
#include "nlinit/dhcp6/message.hpp"

namespace nlinit::dhcp6 {

// What router advertisements leave to DHCPv6 (RFC 4861 4.2): addresses (M), or the other configuration alone (O).
enum class Mode : std::uint8_t { stateful, stateless };

struct ClientConfig {
    Mode mode = Mode::stateful;
    Duid duid;
    std::uint32_t iaid = 0;
    bool rapid_commit = true;
    // At most this long before the first message, at random. RFC 8415 18.2.1 has up to a second, for hosts that a
    // router advertisement sets off together.
    Duration start_delay{0};
    bool release_on_stop = false;
};

// What a message of one exchange has in common with its resends.
struct Envelope {
    std::uint32_t xid = 0;
    Duration elapsed{0};
};

// The addresses of a lease, without times: that is up to the server (RFC 8415 18.2.4).
[[nodiscard]] IaNa ia_of(const Lease& lease);

[[nodiscard]] Message make_solicit(const ClientConfig& config, Envelope envelope);
[[nodiscard]] Message make_request(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_confirm(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_renew(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_rebind(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_decline(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_release(const ClientConfig& config, Envelope envelope, const Lease& lease);
[[nodiscard]] Message make_information_request(const ClientConfig& config, Envelope envelope);

}  // namespace nlinit::dhcp6
