// SPDX-License-Identifier: Apache-2.0
// What this program was made of.
#pragma once

#include <string_view>

namespace nlinit::app {

// Lines: the version, the commit, the compiler, the libraries in it with theirs.
[[nodiscard]] std::string_view version_text() noexcept;

}  // namespace nlinit::app
