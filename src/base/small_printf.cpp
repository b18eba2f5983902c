// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/small_printf.hpp"

#include <array>
#include <charconv>

namespace nlinit {
namespace {

std::size_t take_number(const char*& format) noexcept {
    std::size_t number = 0;
    while (*format >= '0' && *format <= '9') number = number * 10 + static_cast<std::size_t>(*format++ - '0');
    return number;
}

// Whether one of the sizes l ll z j t is there, which all mean 64 bits to a machine of 64.
bool take_size(const char*& format) noexcept {
    bool is_long = false;
    for (; *format != '\0' && std::string_view("hlzjt").find(*format) != std::string_view::npos; ++format) {
        is_long = is_long || *format != 'h';
    }
    return is_long;
}

// Reads no byte beyond the precision: the text may end there without a NUL.
std::string_view cut(const char* text, std::size_t precision) noexcept {
    if (text == nullptr) return "(null)";
    std::size_t size = 0;
    while (size < precision && text[size] != '\0') ++size;
    return {text, size};
}

}  // namespace

int SmallPrintf::print(const char* format, va_list arguments) noexcept {
    va_list rest;
    va_copy(rest, arguments);
    for (; *format != '\0'; ++format) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        convert(++format, &rest);
        if (*format == '\0') break;
    }
    va_end(rest);
    if (size_ > 0) buffer_[length_ < size_ ? length_ : size_ - 1] = '\0';
    return static_cast<int>(length_);
}

void SmallPrintf::put(char character) noexcept {
    if (length_ < size_) buffer_[length_] = character;
    ++length_;
}

void SmallPrintf::put_field(std::string_view text, std::size_t width) noexcept {
    for (auto size = text.size(); size < width; ++size) put(' ');
    for (const auto character : text) put(character);
}

void SmallPrintf::put_number(std::uint64_t magnitude, bool negative, int base, std::size_t width, bool zeros) noexcept {
    std::array<char, 24> digits{};
    const auto* const end = std::to_chars(digits.begin(), digits.end(), magnitude, base).ptr;
    const std::string_view number(digits.data(), static_cast<std::size_t>(end - digits.data()));
    const auto size = number.size() + (negative ? 1 : 0);
    if (negative && zeros) put('-');
    for (auto taken = size; taken < width; ++taken) put(zeros ? '0' : ' ');
    if (negative && !zeros) put('-');
    put_field(number, 0);
}

void SmallPrintf::convert(const char*& format, va_list* arguments) noexcept {
    const bool zeros = *format == '0';
    const auto width = take_number(format);
    auto precision = std::string_view::npos;
    if (*format == '.') precision = take_number(++format);
    const bool is_long = take_size(format);
    switch (*format) {
        case 's':
            put_field(cut(va_arg(*arguments, const char*), precision), width);
            break;
        case 'c':
            put(static_cast<char>(va_arg(*arguments, int)));
            break;
        case 'd':
        case 'i': {
            const std::int64_t value = is_long ? va_arg(*arguments, std::int64_t) : va_arg(*arguments, int);
            const auto bits = static_cast<std::uint64_t>(value);
            put_number(value < 0 ? 0 - bits : bits, value < 0, 10, width, zeros);
            break;
        }
        case 'u':
        case 'x': {
            const std::uint64_t value = is_long ? va_arg(*arguments, std::uint64_t) : va_arg(*arguments, unsigned);
            put_number(value, false, *format == 'x' ? 16 : 10, width, zeros);
            break;
        }
        case 'p':
            put_field("0x", 0);
            put_number(reinterpret_cast<std::uintptr_t>(va_arg(*arguments, void*)), false, 16, 0, false);
            break;
        case '%':
            put('%');
            break;
        default:
            put('?');
            break;
    }
}

}  // namespace nlinit
