// SPDX-License-Identifier: Apache-2.0
// Swap space: its use, and the end of it.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/machine/swap_row.hpp"

namespace nlinit::sys {

// The device as a path. One that holds anything but swap space is refused, and is not written to; memory gets a device
// of its own, of zram, whose module is loaded if need be. Waits for the disk.
[[nodiscard]] Result<> use_swap(const SwapRow& row);

// The module that zram asks the kernel for when it is to compress by this; empty: by the kernel's own choice.
[[nodiscard]] std::string module_of_zram(const std::string& algorithm);

// All swap space is taken out of use (swapoff(2)), whoever has put it in: a filesystem that holds a swap file in use
// can neither be unmounted nor made read-only, one behind a loop device too. What goes wrong is logged.
void stop_using_swap(TimePoint deadline);

}  // namespace nlinit::sys
