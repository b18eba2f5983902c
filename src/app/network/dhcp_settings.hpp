// SPDX-License-Identifier: Apache-2.0
// How the DHCP clients of a program are to behave, from its configuration.
#pragma once

#include <string>

#include "app/network/lease_keeper.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/dhcp/client_config.hpp"
#include "nlinit/dhcp_io/capture_file.hpp"

namespace nlinit::app {

struct DhcpSettings {
    config::Dhcp common;   // of every interface that has none of its own
    bool forever = false;  // addresses without lifetime
    dhcp_io::CaptureFile* capture = nullptr;
    RunErrand run_errand = run_errand_here;  // for lease files

    [[nodiscard]] const config::Dhcp& of(const config::Interface& interface) const noexcept {
        return interface.dhcp ? *interface.dhcp : common;
    }
};

// Of a boot: a client without a host name of its own tells the system's.
[[nodiscard]] DhcpSettings dhcp_settings(const config::Config& config);

// Whether it is the same client to a server. What differs may be told later, or is no business of a server's.
[[nodiscard]] bool asks_alike(config::Dhcp one, const config::Dhcp& other);

// Everything but what the link says: MAC and message size.
[[nodiscard]] dhcp::ClientConfig client_config(const config::Dhcp& dhcp);

// The configured path with the interface's name for %i; empty when there is none.
[[nodiscard]] std::string lease_file_of(const config::Dhcp& dhcp, const std::string& interface);

}  // namespace nlinit::app
