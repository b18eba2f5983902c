// SPDX-License-Identifier: Apache-2.0
// Keeps log lines until the log can be opened: a fixed number of lines, of which the oldest are dropped first.
//
//     LogRing<64, 240> ring;
//     ring.push(level, line);
//     ring.take_out([](const auto& line) { return put(line.level, line.view()); });
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "nlinit/base/log_level.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::log {

template <std::size_t kLines, std::size_t kLineSize>
class LogRing {
  public:
    struct Line {
        LogLevel level = LogLevel::debug;
        bool is_on_console = false;  // it was written there, past the kernel's log
        bool is_taken = false;
        std::size_t size = 0;
        std::array<char, kLineSize> text{};

        [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), size}; }
    };

    // What is longer than a line is cut.
    void push(LogLevel level, std::string_view text) noexcept {
        Line& line = lines_[pushed_ % kLines];
        ++pushed_;
        line.level = level;
        line.is_on_console = line.is_taken = false;
        line.size = first_characters(text, kLineSize).size();
        std::copy_n(text.data(), line.size, line.text.data());
    }

    // The lines that are left, oldest first, to take(line); those for which it gives true are gone afterwards.
    template <class Take>
    constexpr void take_out(Take&& take) noexcept {
        for (std::size_t i = lost(); i < pushed_; ++i) {
            Line& line = lines_[i % kLines];
            if (!line.is_taken) line.is_taken = take(line);
        }
    }

    [[nodiscard]] constexpr std::size_t lost() const noexcept { return pushed_ > kLines ? pushed_ - kLines : 0; }

  private:
    std::array<Line, kLines> lines_{};
    std::size_t pushed_ = 0;
};

}  // namespace nlinit::log
