// SPDX-License-Identifier: Apache-2.0
// dnsmasq, with the options of its own that its own tests are about.
#pragma once

#include <string>
#include <vector>

#include "server.hpp"

namespace nlinit::test {

class Dnsmasq : public Server {
  public:
    using Server::Server;
    void start(const Terms& terms) override;
    // From its command line alone.
    void start_with(const std::vector<std::string>& options);

    bool pings = false;  // an address, for 3 s, before it offers it
};

}  // namespace nlinit::test
