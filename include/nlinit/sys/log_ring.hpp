// The log's memory from before it has somewhere to go: a fixed number of lines, the oldest given up first.
//
//     LogRing<64, 240> ring;
//     ring.push(level, line);
//     ring.drain([](Level level, std::string_view line) { put(level, line); });
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "nlinit/config/config.hpp"

namespace nlinit::log {

template <std::size_t kLines, std::size_t kLineSize>
class LogRing {
  public:
    // What is longer than a line is cut.
    constexpr void push(config::LogLevel level, std::string_view text) noexcept {
        Line& line = lines_[pushed_ % kLines];
        ++pushed_;
        line.level = level;
        line.size = std::min(text.size(), kLineSize);
        std::copy_n(text.data(), line.size, line.text.data());
    }

    // The lines that are left, oldest first, to put(level, text); the ring is empty afterwards.
    template <class Put>
    constexpr void drain(Put&& put) noexcept {
        for (std::size_t i = lost(); i < pushed_; ++i) {
            const Line& line = lines_[i % kLines];
            put(line.level, std::string_view(line.text.data(), line.size));
        }
        pushed_ = 0;
    }

    [[nodiscard]] constexpr std::size_t lost() const noexcept { return pushed_ > kLines ? pushed_ - kLines : 0; }

  private:
    struct Line {
        config::LogLevel level = config::LogLevel::debug;
        std::size_t size = 0;
        std::array<char, kLineSize> text{};
    };
    std::array<Line, kLines> lines_{};
    std::size_t pushed_ = 0;
};

}  // namespace nlinit::log
