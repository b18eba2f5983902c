// SPDX-License-Identifier: Apache-2.0
// How a DHCP client is to behave, and the messages it sends when it does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {

// Whether another host is looked for that has the leased address already (RFC 5227): not at all, before it is used,
// or while it is used already.
enum class ConflictDetection : std::uint8_t { off, probe, optimistic };

struct ClientConfig {
    MacAddress mac;
    Bytes client_identifier;                    // option 61; empty: hardware type 1 and the MAC
    bool send_client_identifier = true;         // false: no option 61, whatever the one above says
    std::string host_name;                      // option 12; empty: not sent
    std::string vendor_class = "nlinit";        // option 60; empty: not sent
    std::string user_class;                     // option 77, one instance of RFC 3004; empty: not sent
    std::vector<std::uint8_t> more_options;     // option 55: asked for beside the usual ones
    std::uint16_t maximum_message_size = 1500;  // option 57: the link's MTU
    bool rapid_commit = true;                   // RFC 4039
    bool broadcast_flag = false;                // ask for replies to 255.255.255.255
    Duration start_delay{0};                    // at most this long before the first DISCOVER, at random (4.4.1)
    bool release_on_stop = false;
    bool ipv6_only_preferred = false;  // ask for option 108, and obey it (RFC 8925)
    ConflictDetection conflict_detection = ConflictDetection::off;
    std::vector<Ipv4Address> allowed_servers;  // empty: all
    std::vector<Ipv4Address> denied_servers;
    LeaseRules rules;
    std::optional<Lease> previous_lease;  // INIT-REBOOT with it
};

// Option 61: the configured one, or hardware type and address (RFC 2132 9.14). Not a DUID: images are cloned with
// theirs. Empty where none is to be sent.
[[nodiscard]] Bytes client_identifier(const ClientConfig& config);

// RFC 6842 3: a server that echoes an identifier must echo ours. An empty one says nothing. To a client that sent none
// an echo may be made of its hardware address.
[[nodiscard]] bool is_our_identifier(ByteView echoed, const ClientConfig& config);

// What a message of one transaction has in common with its resends (RFC 2131 table 5).
struct Envelope {
    std::uint32_t xid = 0;
    std::chrono::seconds elapsed{0};
};

[[nodiscard]] Message make_discover(const ClientConfig& config, Envelope envelope, bool rapid_commit,
                                    std::optional<Ipv4Address> preferred_address);
// In SELECTING: options 50 and 54, ciaddr 0.
[[nodiscard]] Message make_request(const ClientConfig& config, Envelope envelope, Ipv4Address address,
                                   Ipv4Address server);
// In INIT-REBOOT: option 50, no 54, ciaddr 0.
[[nodiscard]] Message make_reboot_request(const ClientConfig& config, Envelope envelope, Ipv4Address address);
// In RENEWING and REBINDING: ciaddr, neither 50 nor 54.
[[nodiscard]] Message make_renewal_request(const ClientConfig& config, Envelope envelope, Ipv4Address address);
[[nodiscard]] Message make_decline(const ClientConfig& config, Envelope envelope, Ipv4Address address,
                                   Ipv4Address server);
[[nodiscard]] Message make_release(const ClientConfig& config, Envelope envelope, Ipv4Address address,
                                   Ipv4Address server);

}  // namespace nlinit::dhcp
