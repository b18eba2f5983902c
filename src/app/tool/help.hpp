// SPDX-License-Identifier: Apache-2.0
// What `nlinit --help` and the commands' own --help print. The manuals and the completions of shells are made of these
// texts too (packaging/documents): a line of an option is two blanks, the option with its value, two blanks or more,
// and what it does, which may go on in lines that are indented further.
#pragma once

#include <string_view>

namespace nlinit::app {

// Of the program where `command` is none that prints its help itself.
[[nodiscard]] std::string_view help_of(std::string_view command) noexcept;

}  // namespace nlinit::app
