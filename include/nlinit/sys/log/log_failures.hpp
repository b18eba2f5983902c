// SPDX-License-Identifier: Apache-2.0
// The errors that were logged: a list of each error once, and the rule that delays the logging of repeats.
//
// The same line is told when it comes first, then at the earliest after 2 s, 4 s, 8 s … up to an hour, with the number
// of times that it came since; after ten minutes without it, it is told as new. Memory is limited: all lines that come
// after the first kMaxLines count as one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/time.hpp"

namespace nlinit::log {

class Failures {
  public:
    static constexpr std::size_t kMaxLines = 64;

    struct Verdict {
        bool is_told = true;
        std::uint64_t more = 0;  // times that it came since it was told last, this one included; 0: it is new
    };
    [[nodiscard]] Verdict note(std::string_view line, TimePoint now) noexcept;

    // In the order in which they came first. After kMaxLines one more says that there were others.
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

  private:
    struct Told {
        TimePoint last_told{}, last_seen{};
        Duration pause{};
        std::uint64_t untold = 0;
    };
    [[nodiscard]] static Verdict repeat(Told& told, TimePoint now) noexcept;

    std::vector<std::string> lines_;
    std::vector<Told> told_;  // of each line
};

}  // namespace nlinit::log
