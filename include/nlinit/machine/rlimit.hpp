// SPDX-License-Identifier: Apache-2.0
// Resource limits by name (getrlimit(2)).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "nlinit/base/words.hpp"

namespace nlinit {

struct Rlimit {
    std::string name;  // "nofile", as in prlimit(1)
    std::uint64_t value = 0;
    friend bool operator==(const Rlimit&, const Rlimit&) = default;
};

// Of one process and its children, as setrlimit(2) takes it.
struct ProcessLimit {
    std::string name;
    std::uint64_t soft = 0, hard = 0;
    friend bool operator==(const ProcessLimit&, const ProcessLimit&) = default;
};

// Resources as prlimit(1) names them, by the kernel's numbers (include/uapi/asm-generic/resource.h).
inline constexpr std::array<Word<std::uint8_t>, 16> kRlimitWords{{{"as", 9},
                                                                  {"core", 4},
                                                                  {"cpu", 0},
                                                                  {"data", 2},
                                                                  {"fsize", 1},
                                                                  {"locks", 10},
                                                                  {"memlock", 8},
                                                                  {"msgqueue", 12},
                                                                  {"nice", 13},
                                                                  {"nofile", 7},
                                                                  {"nproc", 6},
                                                                  {"rss", 5},
                                                                  {"rtprio", 14},
                                                                  {"rttime", 15},
                                                                  {"sigpending", 11},
                                                                  {"stack", 3}}};

}  // namespace nlinit
