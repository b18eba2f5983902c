// SPDX-License-Identifier: Apache-2.0
// How a machine ends.
#pragma once

#include <cstdint>

namespace nlinit {

enum class EndAction : std::uint8_t { poweroff, reboot, halt, stay };  // stay: it goes on

}  // namespace nlinit
