// PID 1 becomes another program, and a child goes on in its place.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::sys {

// Returns in the child, when the caller has become the command. An error is the caller's: it could not, and there is
// no child. Descriptors are shared between both until then, an epoll's among them; a signalfd tells the child nothing
// of its signals, and is to be made anew.
[[nodiscard]] Result<> hand_over(const Command& command);

// For such a child: a session of its own, no console, a name in ps(1) of at most 15 bytes, no handlers for crashes,
// and last to be killed for memory.
void settle_in_background(const char* name) noexcept;

}  // namespace nlinit::sys
