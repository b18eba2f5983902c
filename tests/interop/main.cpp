// SPDX-License-Identifier: Apache-2.0
// GoogleTest's main(), and one flag: --matrix prints which scenarios there are, and why some are no tests.
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "servers.hpp"

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--matrix") {
        std::fputs(nlinit::test::matrix().c_str(), stdout);
        return 0;
    }
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
