// Swap space at the end of the machine.
#pragma once

#include "nlinit/base/time.hpp"

namespace nlinit::sys {

// A filesystem that holds a swap file in use can neither be unmounted nor made read-only: each such file is taken out
// of use (swapoff(2)), one behind a loop device too. Swap on other devices harms nothing and stays. What goes wrong is
// logged.
void stop_using_swap_files(TimePoint deadline);

}  // namespace nlinit::sys
