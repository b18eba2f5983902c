// SPDX-License-Identifier: Apache-2.0
// Interpreters for programs of other formats.
#pragma once

#include <string>

namespace nlinit {

// A row of binfmt_misc (binfmt-misc.rst of the kernel's admin guide).
struct Binfmt {
    std::string name, interpreter;
    std::string registration;  // ":name:M:offset:magic:mask:interpreter:flags", checked, as the kernel reads it
    friend bool operator==(const Binfmt&, const Binfmt&) = default;
};

}  // namespace nlinit
