// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 server's answer as the payload of a datagram, of which a test can spoil every byte: written from RFC 8415
// and not with dhcp6::serialize(), which could not say most of this.
//
//     RawReply6 reply = RawReply6::to(request, MessageType::reply);
//     reply.set(OptionCode::ia_na, ia_na(request, ia_address("ff02::1")));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp6/message.hpp"

namespace nlinit::test {

// Code, length and value; the length may be a lie.
[[nodiscard]] Bytes option6(dhcp6::OptionCode code, const Bytes& value, std::optional<std::uint16_t> length = {});
// Values of options. An address that is preferred for 2000 s and valid for 4000 s, if not otherwise said.
[[nodiscard]] Bytes ia_address(const std::string& address, std::uint32_t preferred = 2000, std::uint32_t valid = 4000,
                               const Bytes& options = {});
[[nodiscard]] Bytes ia_na(std::uint32_t iaid, const Bytes& options, std::uint32_t t1 = 1000, std::uint32_t t2 = 1600);
[[nodiscard]] Bytes status6(dhcp6::StatusCode code, const std::string& message);
[[nodiscard]] Bytes octets6(const std::string& address);
[[nodiscard]] Bytes put_together(std::initializer_list<Bytes> parts);

struct RawReply6 {
    // Good as it stands: 2001:db8::50, the name server 2001:db8::53 and the domain "example.org"; with rapid commit if
    // it was asked for and this is a REPLY; an ADVERTISE has the highest preference.
    static RawReply6 to(const dhcp6::Message& request, dhcp6::MessageType type);

    std::uint8_t type = 7;
    std::uint32_t xid = 0;
    std::uint32_t iaid = 0;  // of the question
    std::vector<std::pair<dhcp6::OptionCode, Bytes>> options;
    Bytes tail = {};  // behind them

    void set(dhcp6::OptionCode code, Bytes value);  // in place of those of that code
    void add(dhcp6::OptionCode code, Bytes value);  // beside them
    void remove(dhcp6::OptionCode code);
    void grant(const Bytes& ia_options);  // in its identity association
    [[nodiscard]] Bytes message() const;
};

}  // namespace nlinit::test
