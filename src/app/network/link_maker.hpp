// SPDX-License-Identifier: Apache-2.0
// Names and VLANs that the kernel command line asks for, made before any link goes up.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {

class LinkMaker {
  public:
    void wish(const config::Network& network);
    [[nodiscard]] bool wants_anything() const noexcept { return !names_.empty() || !vlans_.empty(); }

    // Renames and makes what can be by now: a NIC may come later. True: the links are to be listed again.
    [[nodiscard]] bool work(netlink::Socket& netlink, std::vector<Link> links);
    // What the VLANs are on, as work() saw it: it has to be up before they can be.
    [[nodiscard]] std::span<const Link> parents() const noexcept { return parents_; }
    // A sentence for each name and VLAN that waits for a link, as work() saw it.
    [[nodiscard]] const std::vector<std::string>& unmet() const noexcept { return unmet_; }

  private:
    bool rename(netlink::Socket& netlink, std::vector<Link>& links);
    bool give_name(netlink::Socket& netlink, Link& link, const std::string& name);
    bool make(netlink::Socket& netlink, const config::Vlan& vlan, const Link& parent);
    void say_once(log::Level level, const std::string& sentence);  // it may be tried at every change of any link

    std::vector<config::LinkName> names_;
    std::vector<config::Vlan> vlans_;
    std::vector<Link> parents_;
    std::vector<std::string> said_, unmet_;
};

}  // namespace nlinit::app
