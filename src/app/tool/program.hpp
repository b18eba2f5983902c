// SPDX-License-Identifier: Apache-2.0
// nlinit as a tool: what it does when it is not PID 1 and not netsetup.
#pragma once

#include <span>
#include <string_view>

namespace nlinit::app {

// netsetup included.
[[nodiscard]] std::span<const std::string_view> commands() noexcept;
// Whether a first argument names a command, or is an option in the place of one.
[[nodiscard]] bool is_command(std::string_view word);

// For PID 1 of a container whose mounts are those of the machine around it. Gives the exit status.
[[nodiscard]] int refuse_shared_mounts();

// plan, check, report, initramfs, --help, --version. Gives the exit status.
[[nodiscard]] int run_tool(int argc, char* const* argv);

}  // namespace nlinit::app
