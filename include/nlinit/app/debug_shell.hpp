// A shell on a terminal, for who looks into a guest that does not boot as it should.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::app {

// As something to supervise: started again whenever it ends. An error when the image has no shell.
[[nodiscard]] Result<config::Payload> debug_shell(const config::DebugShell& wanted);

}  // namespace nlinit::app
