// SPDX-License-Identifier: Apache-2.0
// Chance for the clients: transaction numbers and jitter.
#pragma once

#include <cstdint>

namespace nlinit::dhcp_io {

// From the kernel's pool, without waiting for it.
[[nodiscard]] std::uint32_t random_bits();

}  // namespace nlinit::dhcp_io
