// SPDX-License-Identifier: Apache-2.0
// A boot as a table to read in a terminal, in ASCII but for what names hold.
#pragma once

#include <string>

#include "nlinit/record/boot_record.hpp"

namespace nlinit::record {

// Steps, packets and links in the order of time, each with a bar on one common scale, so that what overlaps is seen;
// then what has become of network and payload.
[[nodiscard]] std::string boot_table(const BootRecord& record);

}  // namespace nlinit::record
