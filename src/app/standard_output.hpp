// SPDX-License-Identifier: Apache-2.0
// Results for people and programs that read standard output.
#pragma once

#include <string_view>

namespace nlinit::app {

// Writes all lines of a text, fit to print whatever they hold (base/text). A reader that has gone is no error; any
// other is logged, and makes a status of 0 another.
void print(std::string_view text);
[[nodiscard]] int status_with_output(int status) noexcept;

}  // namespace nlinit::app
