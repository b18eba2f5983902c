// SPDX-License-Identifier: Apache-2.0
// What the kernel has and what it reports, as lines of text: read through libnl and not through the code under test.
//
//     EXPECT_THAT(addresses_of("eth0", client), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
//     EXPECT_THAT(routes_of("eth0", client), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/net/ip_address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

// In the kernel's order; of IPv6 without link-local ones: "2001:db8::2/64 nodad".
[[nodiscard]] std::vector<std::string> addresses_of(const std::string& link, const NetworkNamespace& ns,
                                                    Family family = Family::kIpv4);
// Of the main table, in order of the text; of IPv6 without those that the kernel makes of addresses.
[[nodiscard]] std::vector<std::string> routes_of(const std::string& link, const NetworkNamespace& ns,
                                                 Family family = Family::kIpv4);
// Seconds that are left; nothing for an address that stays, or is not there.
[[nodiscard]] std::optional<std::uint32_t> lifetime_of(const std::string& address, const std::string& link,
                                                       const NetworkNamespace& ns);

// Has a link-local address, and none that may not be used yet: the kernel looks after each later, in a thread of its
// own, also where it asks nobody.
[[nodiscard]] bool has_usable_ipv6(const std::string& link, const NetworkNamespace& ns);

// Which interface the kernel takes to a destination, as `ip route get` asks it; "lo": it is this machine; empty: there
// is no way.
[[nodiscard]] std::string way_to(const IpAddress& destination, const NetworkNamespace& ns);

struct LinkView {
    int index = 0;
    bool up = false, carrier = false;
    // The kernel has noticed the carrier (IF_OPER_UP), so what is sent leaves. IFF_RUNNING does not say that: it is set
    // for IF_OPER_UNKNOWN too, the state of a new veth, whose frames the kernel drops until it has noticed.
    bool running = false;
    unsigned mtu = 0;
    std::string mac;
};
// Nothing when there is no such link.
[[nodiscard]] std::optional<LinkView> link_of(const std::string& name, const NetworkNamespace& ns);

// What the kernel tells its listeners of links, and of addresses and routes of a family, (rtnetlink(7)), from the
// construction on:
// "new address 192.0.2.50/24", "gone route default", "new link eth0 mtu 1500".
class KernelEvents {
  public:
    explicit KernelEvents(const NetworkNamespace& ns, Family family = Family::kIpv4);
    [[nodiscard]] int fd() const noexcept { return socket_.get(); }
    // What has come since the last call, without waiting.
    [[nodiscard]] std::vector<std::string> take();

  private:
    sys::UniqueFd socket_;
};

}  // namespace nlinit::test
