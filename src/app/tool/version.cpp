// SPDX-License-Identifier: Apache-2.0
#include "app/tool/version.hpp"

#include <features.h>

#include "nlinit_commit.hpp"  // made by the build, for this file alone: no other is compiled again for each commit

#define NLINIT_TEXT(value) #value
#define NLINIT_TEXT_OF(macro) NLINIT_TEXT(macro)
#define NLINIT_GLIBC NLINIT_TEXT_OF(__GLIBC__) "." NLINIT_TEXT_OF(__GLIBC_MINOR__)
#define NLINIT_RUNTIME ", glibc " NLINIT_GLIBC ", libstdc++ " NLINIT_TEXT_OF(_GLIBCXX_RELEASE)

namespace nlinit::app {

std::string_view version_text() noexcept {
    // clang-format off
    return "nlinit " NLINIT_VERSION "\n"
           "commit " NLINIT_COMMIT "\n"
           "compiler " NLINIT_COMPILER "\n"
           "libraries " NLINIT_LIBRARIES NLINIT_RUNTIME "\n";
    // clang-format on
}

}  // namespace nlinit::app
