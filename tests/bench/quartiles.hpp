// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace bench {

struct Quartiles {
    double low = 0, median = 0, high = 0;
};

// All 0 of no values.
[[nodiscard]] Quartiles quartiles(std::vector<double> values);

// In eight columns, with three digits as far as they fit.
void print_number(double value);

}  // namespace bench
