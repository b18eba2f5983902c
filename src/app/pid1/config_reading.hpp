// SPDX-License-Identifier: Apache-2.0
// How a boot comes to its configuration: from the kernel command line, and a file that may be on a disk.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/pid1/boot_context.hpp"

namespace nlinit::app {

void read_command_line(BootContext& context);
// The file is read by a child where it may be on a disk or a share: what does not answer is a file that cannot be read.
// done: the context has the configuration, and what it says of log, clock and crashes holds.
void read_config(BootContext& context, std::function<void()> done);
// That the root has a file too, which does not count.
void tell_of_unread_config(BootContext& context);
// But for those that were told before, of the configuration that the context has.
void tell_new_warnings(const BootContext& context, const std::vector<std::string>& warnings);

}  // namespace nlinit::app
