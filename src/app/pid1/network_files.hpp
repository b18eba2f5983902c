// SPDX-License-Identifier: Apache-2.0
// What leases and routers say beside addresses and routes, where it is to be taken: the name servers in
// /etc/resolv.conf, and the host name, which /etc/hosts follows. The files are written by errands, for the root may be
// on a disk that is dead.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/network/network_setup.hpp"
#include "app/pid1/boot_context.hpp"

namespace nlinit::app {

class NetworkFiles {
  public:
    explicit NetworkFiles(BootContext& context) : context_(context) {}

    // Where there is a way out. A network without name servers leaves those that are there, but those that it has
    // withdrawn. Search domains of the config's come before the network's.
    void follow(const NetworkSetup& network);
    // Once for the same content: the network changes more often than its name servers do.
    void name_servers_are(const std::vector<NameServer>& name_servers, const std::vector<std::string>& search_domains);

  private:
    void take_hostname(const InterfaceSetup& uplink);
    void write_apart(const std::string& path, std::function<Result<>()> write);

    BootContext& context_;
    std::optional<std::string> resolv_conf_;  // as it was written last by this; a step of the plan may have been first
    std::string unread_said_;                 // of its name servers
};

}  // namespace nlinit::app
