// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup`: one interface, then exit; see nlinit netsetup --help.
#pragma once

#include "nlinit/base/time.hpp"

namespace nlinit::app {

enum class ExitCode : int {
    configured = 0,
    internal = 1,
    usage = 2,
    no_interface = 3,
    no_carrier = 4,
    no_lease = 5,
    refused_by_kernel = 6,
    not_permitted = 7,
    ipv6_only = 8,
    not_written = 9,  // the network is there; a file, or the host name, that was asked for is not
};

// started_at: when the program began, from which its times count.
[[nodiscard]] ExitCode netsetup(int argc, char* const* arguments, TimePoint started_at);

}  // namespace nlinit::app
