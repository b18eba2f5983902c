// SPDX-License-Identifier: Apache-2.0
// A buffer on the stack that is not filled with zeros, as the build has every other local variable (NLINIT_HARDEN): for
// one that is large and used often, and of which nothing is read but what was written into it.
//
//     NLINIT_UNFILLED std::array<char, 4096> buffer;
#pragma once

#define NLINIT_UNFILLED __attribute__((uninitialized))
