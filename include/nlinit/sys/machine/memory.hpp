// SPDX-License-Identifier: Apache-2.0
// The machine's memory, as /proc/meminfo has it (proc_meminfo(5)).
#pragma once

#include <cstdint>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

struct Memory {
    std::uint64_t total = 0, available = 0;  // bytes; available: what programs may still take, without swap
};
[[nodiscard]] Result<Memory> read_memory();

}  // namespace nlinit::sys
