// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/pid1.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace nlinit::app {
namespace {

// An exception that left PID 1's frame would be caught in main, which returns; and where PID 1 ends the kernel panics.
// The terminate handler, which a noexcept function leads to, ends the machine as configured
// (tests/sys/machine/power_test).
TEST(Pid1, IsLeftByNoException) {
    static_assert(std::is_nothrow_invocable_v<decltype(run_as_pid1), int, char* const*, TimePoint>);
}

}  // namespace
}  // namespace nlinit::app
