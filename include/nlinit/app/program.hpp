// nlinit as a tool: what it does when it is not PID 1 and not netsetup.
#pragma once

namespace nlinit::app {

// plan, check, report, --help, --version. Gives the exit status.
[[nodiscard]] int run_tool(int argc, char* const* argv);

}  // namespace nlinit::app
