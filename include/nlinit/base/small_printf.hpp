// SPDX-License-Identifier: Apache-2.0
// printf(3) into memory, for the messages of the libraries in a static binary, which are texts and whole numbers.
// glibc's own printf(3) would add 90 kB to the binary, for floating point, wide characters, positional arguments and
// locales.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nlinit {

// Knows %s %c %d %i %u %x %p %%, the flag 0, a width, a precision of %s, and the sizes hh h l ll z j t. Any other
// conversion is printed as a question mark.
class SmallPrintf {
  public:
    // size counts the final NUL; of 0 the buffer may be null.
    SmallPrintf(char* buffer, std::size_t size) noexcept : buffer_(buffer), size_(size) {}

    // The length that the whole text has, even when the buffer was too small for it, as snprintf(3) returns it.
    int print(const char* format, va_list arguments) noexcept;

  private:
    void put(char character) noexcept;
    void put_field(std::string_view text, std::size_t width) noexcept;
    void put_number(std::uint64_t magnitude, bool negative, int base, std::size_t width, bool zeros) noexcept;
    // Leaves format at the letter of the conversion. The list is handed on by its address: it is an array on some
    // machines.
    void convert(const char*& format, va_list* arguments) noexcept;

    char* buffer_;
    std::size_t size_, length_ = 0;
};

}  // namespace nlinit
