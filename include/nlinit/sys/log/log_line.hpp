// SPDX-License-Identifier: Apache-2.0
// Builds a log line in a buffer of its own, without the heap and without locks, so that handlers of fatal signals can
// use it (signal-safety(7)).
//
//     LogLine line;
//     line.text("crash: SIGSEGV at ").hex(address);
//     log::emergency(line.view());
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "nlinit/base/text.hpp"

namespace nlinit::log {

class LogLine {
  public:
    // The kernel refuses a record of more than about 1000 bytes, prefix and all (devkmsg_write() in printk.c).
    static constexpr std::size_t kSize = 960;

    // What does not fit is left out, and "..." says so; nothing can be added then.
    LogLine& text(std::string_view words) noexcept {
        if (is_cut_) return *this;
        const std::size_t taken = std::min(words.size(), kSize - used_);
        std::memcpy(line_ + used_, words.data(), taken);
        used_ += taken;
        if (taken < words.size()) cut();
        return *this;
    }

    // Line breaks would start a record of their own, escape sequences would reach whoever looks at the console.
    LogLine& escaped(std::string_view words) noexcept {
        put_printable(words, [this](std::string_view piece) { text(piece); });
        return *this;
    }

    LogLine& hex(std::uint64_t value) noexcept { return text("0x").digits(value, 16); }
    LogLine& decimal(std::uint64_t value) noexcept { return digits(value, 10); }

    [[nodiscard]] std::string_view view() const noexcept { return {line_, used_}; }

    // The line with its line break. Nothing can be added to it afterwards.
    [[nodiscard]] std::string_view finish() noexcept {
        line_[used_] = '\n';
        return {line_, used_ + 1};
    }

  private:
    static constexpr std::string_view kCut = "...";

    void cut() noexcept {
        is_cut_ = true;
        used_ = first_characters({line_, used_}, kSize - kCut.size()).size();
        std::memcpy(line_ + used_, kCut.data(), kCut.size());
        used_ += kCut.size();
    }

    LogLine& digits(std::uint64_t value, unsigned base) noexcept {
        char reversed[20];
        std::size_t count = 0;
        do {
            reversed[count++] = kHexDigits[value % base];
            value /= base;
        } while (value > 0);
        while (count > 0) text({&reversed[--count], 1});
        return *this;
    }

    char line_[kSize + 1];  // and the line break
    std::size_t used_ = 0;
    bool is_cut_ = false;
};

}  // namespace nlinit::log
