// How much a line of the log counts, and how much a failure.
#pragma once

#include <cstdint>

namespace nlinit {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// What a failure of a step means: a debug line, a warning, or an error.
enum class Importance : std::uint8_t { optional, ordinary, required };

}  // namespace nlinit
