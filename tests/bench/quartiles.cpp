// SPDX-License-Identifier: Apache-2.0
#include "quartiles.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {

Quartiles quartiles(std::vector<double> values) {
    std::ranges::sort(values);
    if (values.empty()) return {};
    return {values[values.size() / 4], values[values.size() / 2], values[values.size() * 3 / 4]};
}

void print_number(double value) {
    std::printf("%8.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
}

}  // namespace bench
