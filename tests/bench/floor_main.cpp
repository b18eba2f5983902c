// SPDX-License-Identifier: Apache-2.0
// The floor of netsetup.
//   floor INTERFACE [--rapid]
#include <unistd.h>

#include <string_view>

#include "floor.hpp"

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    configure_link(argv[1], argc > 2 && argv[2] == std::string_view("--rapid"));
    _exit(0);
}
