// SPDX-License-Identifier: Apache-2.0
// A boot as a picture: phases, links with their packets, and the payload on one scale of time.
#pragma once

#include <string>

#include "nlinit/record/boot_record.hpp"

namespace nlinit::record {

// An SVG document that needs nothing else, in light or dark as the reader has it. What the kernel took before init has
// a block of its own beside the scale.
[[nodiscard]] std::string boot_timeline(const BootRecord& record);

}  // namespace nlinit::record
