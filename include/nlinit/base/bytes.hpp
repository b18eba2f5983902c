// SPDX-License-Identifier: Apache-2.0
// Cursors over big-endian bytes ("network order"). Reading or skipping past the end yields zeros and sets a flag that
// stays set, so a parser reads a whole structure and asks once.
//
//     ByteReader in(datagram);
//     const auto type = in.u8();
//     const auto id = in.u32();
//     if (in.overrun()) return std::nullopt;
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nlinit {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class ByteReader {
  public:
    explicit constexpr ByteReader(ByteView data) noexcept : rest_(data) {}

    constexpr std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(integer(1)); }
    constexpr std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(integer(2)); }
    constexpr std::uint32_t u32() noexcept { return integer(4); }

    // A view of the next count bytes; an empty view when fewer are left.
    constexpr ByteView bytes(std::size_t count) noexcept {
        if (count > rest_.size()) {
            overrun_ = true;
            rest_ = {};
            return {};
        }
        const ByteView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    [[nodiscard]] constexpr std::size_t remaining() const noexcept { return rest_.size(); }
    [[nodiscard]] constexpr bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] constexpr bool overrun() const noexcept { return overrun_; }

  private:
    constexpr std::uint32_t integer(std::size_t size) noexcept {
        std::uint32_t value = 0;
        for (const auto byte : bytes(size)) value = (value << 8) | byte;
        return value;
    }

    ByteView rest_;
    bool overrun_ = false;
};

class ByteWriter {
  public:
    ByteWriter() = default;
    explicit ByteWriter(std::size_t expected) { out_.reserve(expected); }  // the number of bytes to reserve memory for

    void u8(std::uint8_t value) { out_.push_back(value); }
    void u16(std::uint16_t value) { integer(value, 2); }
    void u32(std::uint32_t value) { integer(value, 4); }
    void bytes(ByteView data) { out_.insert(out_.end(), data.begin(), data.end()); }

    // Appends zeros until size bytes have been written; does nothing when there are that many already.
    void pad_to(std::size_t size) {
        if (out_.size() < size) out_.resize(size);
    }

    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    [[nodiscard]] Bytes take() && { return std::move(out_); }

  private:
    void integer(std::uint32_t value, std::size_t size) {
        for (std::size_t shift = size * 8; shift > 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> (shift - 8)));
    }

    Bytes out_;
};

}  // namespace nlinit
