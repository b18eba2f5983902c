// Results for people and programs that read standard output.
#pragma once

#include <string_view>

namespace nlinit::app {

// Writes all lines of a text, fit to print whatever they hold (base/text). A reader that has gone is no error.
void print(std::string_view text);

}  // namespace nlinit::app
