// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/random_bits.hpp"

#include <sys/random.h>

#include "nlinit/base/time.hpp"

namespace nlinit::dhcp_io {

std::uint32_t random_bits() {
    std::uint32_t bits = 0;
    // Without entropy (a kernel that is still seeding its pool) a boot must not block: the clock is different enough.
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != sizeof bits)
        bits = static_cast<std::uint32_t>(BootClock::now().time_since_epoch().count());
    return bits;
}

}  // namespace nlinit::dhcp_io
