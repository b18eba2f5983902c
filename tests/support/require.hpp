// SPDX-License-Identifier: Apache-2.0
// What a test's surroundings need and do not get ends the test with the error of the system call.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace nlinit::test {

inline void require(bool done, const std::string& what) {
    if (!done) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace nlinit::test
