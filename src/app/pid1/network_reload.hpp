// SPDX-License-Identifier: Apache-2.0
// SIGHUP: the network of the config as it is now. A config that cannot be trusted changes nothing, for the guest may be
// reachable by that network alone.
#pragma once

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_network.hpp"

namespace nlinit::app {

// A child reads the file, for its disk may be dead.
void reload_network(BootContext& context, BootNetwork& network);

}  // namespace nlinit::app
