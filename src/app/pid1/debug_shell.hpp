// A shell on a terminal, for who looks into a guest that does not boot as it should.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::app {

// The one that is wanted, or the first that the image has, where there may be a disk that does not answer. An error
// when it has none.
[[nodiscard]] Result<std::string> find_shell(const config::DebugShell& wanted);
// As something to supervise: started again whenever it ends.
[[nodiscard]] config::Payload debug_shell(const config::DebugShell& wanted, const std::string& program);

}  // namespace nlinit::app
