// SPDX-License-Identifier: Apache-2.0
// The log: "nlinit: room: sentence", to the kernel's log in PID 1 and to standard error in a tool. Lines from before
// /dev/kmsg can be opened wait in a ring and are written then. Logging never fails, blocks or throws.
//
// An error means that something the user asked for has failed; a warning is a remark. In PID 1 errors are seen on the
// console whatever its level (`quiet`), and with the threshold `debug` all lines are. The same error again is counted
// and told ever more rarely; the repeats in between are debug lines.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/log_level.hpp"

namespace nlinit::log {

using Level = LogLevel;

enum class Target { ring, kernel, standard_error };

// Lines below the threshold are dropped. Before the first call lines go to the ring.
// Target::kernel tries to open /dev/kmsg, now and with each line, and stays with the ring while it cannot.
void open(Target target, Level threshold) noexcept;
void set_threshold(Level threshold) noexcept;
[[nodiscard]] bool enabled(Level level) noexcept;

// `room` is the part of nlinit that speaks: "boot", "net", "dhcp". Line breaks and control characters in the message
// are escaped: one call is one record. A message in pieces needs no memory to be joined.
using Pieces = std::initializer_list<std::string_view>;
void write(Level level, std::string_view room, Pieces message) noexcept;
void write(Level level, std::string_view room, std::string_view message) noexcept;

inline void debug(std::string_view room, Pieces message) noexcept {
    write(Level::debug, room, message);
}
inline void debug(std::string_view room, std::string_view message) noexcept {
    write(Level::debug, room, message);
}
inline void info(std::string_view room, Pieces message) noexcept {
    write(Level::info, room, message);
}
inline void info(std::string_view room, std::string_view message) noexcept {
    write(Level::info, room, message);
}
inline void warning(std::string_view room, Pieces message) noexcept {
    write(Level::warning, room, message);
}
inline void warning(std::string_view room, std::string_view message) noexcept {
    write(Level::warning, room, message);
}
inline void error(std::string_view room, Pieces message) noexcept {
    write(Level::error, room, message);
}
inline void error(std::string_view room, std::string_view message) noexcept {
    write(Level::error, room, message);
}

// Logs how many errors there were. The line is shown like an error and not counted as one.
void summary(std::string_view room, Pieces message) noexcept;

// The errors that were logged, "room: sentence", each once and in order, up to a limit (log_failures.hpp). A tool's
// errors are not kept: they go to standard error.
[[nodiscard]] const std::vector<std::string>& failures() noexcept;

// In a child that has no log of its own: lines go to `relay`, which hands them to its parent.
using Relay = void (*)(void* context, Level level, std::string_view room, std::string_view message) noexcept;
void relay_to(Relay relay, void* context) noexcept;

// One line straight to the kernel's log or standard error, without memory or locks: for handlers of fatal signals.
void emergency(std::string_view message) noexcept;

}  // namespace nlinit::log
