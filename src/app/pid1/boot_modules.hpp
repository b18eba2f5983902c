// Kernel modules that a boot loads, by a child: a driver looks at its devices, one of which may be dead.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/pid1/boot_context.hpp"

namespace nlinit::app {

// Those of the configuration, but for `loaded`. Which of them failed is knowledge for the plan, whose mounts may bring
// them.
void load_modules(BootContext& context, const std::vector<std::string>& loaded, std::function<void()> done);
// No complaint: an image may do without them, and a kernel may have them built in.
void load_optional_modules(BootContext& context, const std::vector<std::string>& modules, std::function<void()> done);

}  // namespace nlinit::app
