#include "nlinit/config/toml_document.hpp"

#include <algorithm>

#include "nlinit/config/complaint.hpp"

// Lists and inline tables within one another; a config needs 4.
#define TOML_MAX_NESTED_VALUES 16
// On some texts, "[#" for one, the parser's assertions do not hold, though what follows them reports the fault
// (tomlplusplus pull request 301). They would be an abort, or with NDEBUG and clang a promise to the optimizer: neither
// is for PID 1.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace nlinit::config {
namespace {

constexpr std::size_t kMaxKeyParts = 16;  // a.b.c has 3; the longest sysctl that is in use has 8
constexpr std::size_t kMaxDescription = 200;

constexpr const char* kTooDeep = "a key has more than 16 parts";
static_assert(kMaxKeyParts == 16);
constexpr const char* kNotAscii = "outside of strings and comments only ASCII characters are TOML";
constexpr const char* kBadContinuation = "after a backslash at the end of a line only an ASCII character is supported";

bool is_ascii(char c) {
    return static_cast<std::uint8_t>(c) < 0x80;
}

// Looks for what toml++ must not be given, telling strings and comments from the rest:
// - dotted keys without measure, since it takes its trees apart by recursion and sets no limit to keys;
// - U+00A1 to U+0499 where it asks whether that is white space, since the answer is __builtin_unreachable(): outside of
//   strings, where no such character may be, and after the backslash that continues a line of a multi-line string.
class Inspection {
  public:
    explicit Inspection(std::string_view text) : text_(text) {
        constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
        if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    }

    // Nothing when the parser may have the text; otherwise at() says where.
    const char* fault() {
        while (at_ < text_.size() && fault_ == nullptr) look_at(text_[at_]);
        return fault_;
    }
    [[nodiscard]] std::size_t at() const { return at_; }

  private:
    void look_at(char c) {
        if (!is_ascii(c)) {
            fault_ = kNotAscii;
        } else if (c == '.' && ++parts_ > kMaxKeyParts) {
            fault_ = kTooDeep;
        } else if (c == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (c == '"' || c == '\'') {
            skip_string(c);
        } else {
            if (std::string_view("=\n,[]{}").find(c) != std::string_view::npos) parts_ = 1;
            ++at_;
        }
    }

    void skip_string(char quote) {
        const std::string triple(3, quote);
        const bool multi_line = text_.substr(at_).starts_with(triple);
        at_ += multi_line ? 3 : 1;
        while (at_ < text_.size() && fault_ == nullptr && (multi_line || text_[at_] != '\n')) {
            if (quote == '"' && text_[at_] == '\\') {
                skip_escape();
            } else if (text_[at_] != quote || (multi_line && !text_.substr(at_).starts_with(triple))) {
                ++at_;
            } else {
                at_ += multi_line ? 3 : 1;
                // Up to two quotes before the closing three are part of a multi-line string.
                for (int more = 0; multi_line && more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
                return;
            }
        }
    }

    void skip_escape() {
        const auto next = text_.find_first_not_of(" \t\r\n", at_ + 1);
        if (next != std::string_view::npos && !is_ascii(text_[next])) fault_ = kBadContinuation;
        at_ = std::min(at_ + 2, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t parts_ = 1;  // of the key at hand
    const char* fault_ = nullptr;
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

// toml++ quotes parts of the text in what it says.
std::string description_of(const toml::parse_error& error) {
    std::string description(error.description().substr(0, kMaxDescription));
    std::ranges::replace_if(
        description, [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; }, '?');
    return description;
}

}  // namespace

std::variant<TomlTable, Problem> parse_toml_document(std::string_view text) {
    if (text.size() > kMaxConfigSize) {
        return Problem{.what = "the file is longer than " + std::to_string(kMaxConfigSize) + " bytes"};
    }
    Inspection inspection(text);
    if (const char* fault = inspection.fault()) {
        const auto [line, column] = position_in(text, inspection.at());
        return Problem{line, column, fault};
    }
    const auto parsed = toml::parse(text);
    if (parsed) return copy_of(parsed.table());
    const auto [line, column] = position_of(parsed.error().source());
    return Problem{line, column, description_of(parsed.error())};
}

}  // namespace nlinit::config
