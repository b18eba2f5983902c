// SPDX-License-Identifier: Apache-2.0
// The elements of a drawing in SVG.
//
//     SvgWriter svg;
//     svg.add("<text x='%' y='%'>%</text>", {x, y, name});      // numbers as they are, texts escaped
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nlinit::record {

class SvgWriter {
  public:
    class Piece {
      public:
        template <std::integral Integer>
        Piece(Integer number) : number_(static_cast<std::int64_t>(number)) {}
        // An empty text may have no address, which is a number's.
        Piece(std::string_view text)
            : text_(text.empty() ? "" : text.data()), number_(static_cast<std::int64_t>(text.size())) {}
        Piece(const std::string& text) : Piece(std::string_view(text)) {}
        Piece(const char* text) : text_(text), number_(kUntilNul) {}

      private:
        friend class SvgWriter;
        static constexpr std::int64_t kUntilNul = -1;
        const char* text_ = nullptr;  // none: it is a number
        std::int64_t number_;         // or the size of the text
    };

    // Every % of the pattern is replaced by the next piece.
    void add(const char* pattern, std::initializer_list<Piece> pieces);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

  private:
    void escape(std::string_view text);

    std::string text_;
};

// About how wide a text is, in tenths of a pixel, at 12 pixels a line in a sans-serif font; rather more than less.
[[nodiscard]] std::int64_t width_of(std::string_view text) noexcept;
// As much of the text as fits, with "…" where something is missing; nothing when not even a few letters fit.
[[nodiscard]] std::string fitted(std::string_view text, std::int64_t width);

}  // namespace nlinit::record
