// Results for people and programs that read standard output.
#pragma once

#include <string_view>

namespace nlinit::app {

// Writes all of it; a reader that has gone is no error.
void print(std::string_view text) noexcept;

}  // namespace nlinit::app
