// SPDX-License-Identifier: Apache-2.0
// The usual wiring: a client whose eth0 leads to a server's srv0, which is up and has 192.0.2.1/24. The client's end is
// still down, so there is no carrier yet.
#pragma once

#include "nlinit/net/address.hpp"
#include "support/namespaces.hpp"
#include "support/veth.hpp"

namespace nlinit::test {

struct Cable {
    static constexpr Ipv4Address kServerAddress{192, 0, 2, 1};

    NetworkNamespace client, server;

    Cable() {
        make_veth("eth0", client, "srv0", server);
        set_link_up("srv0", server);
        add_address("192.0.2.1/24", "srv0", server);
    }
    void unplug() const { set_link_down("srv0", server); }
    void plug_in() const { set_link_up("srv0", server); }
};

}  // namespace nlinit::test
