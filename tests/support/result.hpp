// SPDX-License-Identifier: Apache-2.0
// Results in assertions: EXPECT_TRUE(is_ok(mount(row))) says what went wrong.
#pragma once

#include <gtest/gtest.h>

#include "nlinit/base/result.hpp"

namespace nlinit::test {

template <class T>
[[nodiscard]] ::testing::AssertionResult is_ok(const Result<T>& result) {
    if (result.ok()) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << to_string(result.error());
}

// The sentence with the errno's words, or "ok".
template <class T>
[[nodiscard]] std::string sentence(const Result<T>& result) {
    return result.ok() ? "ok" : to_string(result.error());
}

}  // namespace nlinit::test
