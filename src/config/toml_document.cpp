// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/toml_document.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "toml_plus_plus.hpp"

namespace nlinit::config {
namespace {

constexpr std::size_t kMaxKeyParts = 16;  // a.b.c has 3; the longest sysctl that is in use has 8

// Follows the text just so far that dots of keys can be told from those in strings and comments, since the parser
// itself sets no limit to them.
class KeyDepth {
  public:
    explicit KeyDepth(std::string_view text) : text_(text) {}

    // Where the first key stands that has too many parts; the text's size when there is none.
    std::size_t first_excess() {
        std::size_t parts = 1;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '.' && ++parts > kMaxKeyParts) return at_;
            if (std::string_view("=\n,[]{}").find(c) != std::string_view::npos) parts = 1;
            if (c == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                ++at_;
            }
        }
        return text_.size();
    }

  private:
    void skip_string(char quote) {
        const std::string triple(3, quote);
        const bool multi_line = text_.substr(at_).starts_with(triple);
        at_ += multi_line ? 3 : 1;
        while (at_ < text_.size() && (multi_line || text_[at_] != '\n')) {
            if (quote == '"' && text_[at_] == '\\') {
                at_ += 2;
            } else if (text_[at_] != quote || (multi_line && !text_.substr(at_).starts_with(triple))) {
                ++at_;
            } else {
                at_ += multi_line ? 3 : 1;
                // Up to two quotes before the closing three are part of a multi-line string.
                for (int more = 0; multi_line && more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
                return;
            }
        }
        at_ = std::min(at_, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Position position_in(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto line = std::ranges::count(before, '\n') + 1;
    return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(offset - line_start + 1)};
}

Position position_of(const toml::source_region& source) {
    return {source.begin.line, source.begin.column};
}

TomlTable copy_of(const toml::table& table);

TomlValue copy_of(const toml::node& node) {
    TomlValue value{position_of(node.source()), TomlOther()};
    if (const auto* text = node.as_string()) value.content = text->get();
    if (const auto* number = node.as_integer()) value.content = number->get();
    if (const auto* truth = node.as_boolean()) value.content = truth->get();
    if (const auto* table = node.as_table()) value.content = copy_of(*table);
    if (const auto* array = node.as_array()) {
        TomlList list;
        for (const auto& element : *array) list.push_back(copy_of(element));
        value.content = std::move(list);
    }
    return value;
}

TomlTable copy_of(const toml::table& table) {
    TomlTable copy;
    for (const auto& [key, node] : table)
        copy.push_back({std::string(key.str()), position_of(key.source()), copy_of(node)});
    return copy;
}

}  // namespace

std::variant<TomlTable, Problem> parse_toml_document(std::string_view text) {
    if (text.size() > kMaxConfigSize) {
        return Problem{.what = concat({"the file is longer than ", std::to_string(kMaxConfigSize), " bytes"})};
    }
    if (const auto excess = KeyDepth(text).first_excess(); excess < text.size()) {
        const auto [line, column] = position_in(text, excess);
        return Problem{line, column, concat({"a key has more than ", std::to_string(kMaxKeyParts), " parts"})};
    }
    const auto parsed = toml::parse(text);
    if (parsed) return copy_of(parsed.table());
    const auto [line, column] = position_of(parsed.error().source());
    return Problem{line, column, printable(parsed.error().description(), kMaxPrinted)};
}

}  // namespace nlinit::config
