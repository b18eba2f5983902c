// SPDX-License-Identifier: Apache-2.0
// Levels of log lines, and how severe the failure of a boot step is.
#pragma once

#include <cstdint>

namespace nlinit {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// Decides how the failure of a step is logged: as a debug line, as a warning, or as an error.
enum class Importance : std::uint8_t { optional, ordinary, required };

}  // namespace nlinit
