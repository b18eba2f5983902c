#include "nlinit/base/json_reader.hpp"

#include <algorithm>

#include "nlinit/base/utf8.hpp"

namespace nlinit {
namespace {

std::uint32_t hex4(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char digit : digits.substr(0, 4))
        value = value * 16 + static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    return value;
}

bool is_unicode_escape(std::string_view text) {
    return text.size() >= 6 && text.starts_with("\\u") &&
           text.substr(2, 4).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

// By recursion, whose depth is limited. The first fault is kept and ends everything.
class JsonParser {
  public:
    explicit JsonParser(std::string_view text) : text_(text) { document_.text_.assign(text.begin(), text.end()); }

    Result<JsonDocument> parse() {
        skip_space();
        value({}, 0);
        skip_space();
        if (at_ < text_.size()) refuse("the end should be here");
        if (fault_ != nullptr) return Error{0, "byte " + std::to_string(at_) + ": " + fault_};
        return std::move(document_);
    }

  private:
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char wanted) noexcept {
        const bool there = fault_ == nullptr && at_ < text_.size() && text_[at_] == wanted;
        at_ += there ? 1 : 0;
        return there;
    }
    void refuse(const char* fault) noexcept {
        if (fault_ == nullptr) fault_ = fault;
    }
    void skip_space() noexcept {
        while (fault_ == nullptr && at_ < text_.size() && std::string_view(" \t\r\n").find(peek()) < 4) ++at_;
    }
    // What was read is kept in the document's copy, in the place of what it was written as, which is never shorter.
    [[nodiscard]] std::string_view kept(std::size_t start, std::size_t size) const noexcept {
        return {document_.text_.data() + start, size};
    }

    void value(std::string_view key, std::size_t depth) {
        if (depth > JsonDocument::kMaxDepth) refuse("this is nested too deeply");
        if (document_.nodes_.size() >= JsonDocument::kMaxValues) refuse("there are too many values");
        if (fault_ != nullptr) return;
        const auto index = document_.nodes_.size(), start = at_;
        auto& node = document_.nodes_.emplace_back();
        node.key = key;
        node.kind = peek();
        switch (node.kind) {
            case '{':
            case '[':
                inside(node.kind == '{', depth);  // where more nodes are made
                break;
            case '"':
                node.token = string();
                break;
            case 't':
                word("true");
                break;
            case 'f':
                word("false");
                break;
            case 'n':
                word("null");
                break;
            default:
                node.kind = 0;
                number();
                node.token = kept(start, at_ - start);
        }
        document_.nodes_[index].next = document_.nodes_.size();
    }

    void inside(bool object, std::size_t depth) {
        const char close = object ? '}' : ']';
        ++at_;
        skip_space();
        if (take(close)) return;
        do {
            skip_space();
            const auto key = object ? member_key() : std::string_view();
            value(key, depth + 1);
            skip_space();
        } while (take(','));
        if (!take(close)) refuse(object ? "a ',' or '}' should be here" : "a ',' or ']' should be here");
    }

    std::string_view member_key() {
        if (peek() != '"') refuse("the name of a member should be here");
        const auto key = string();
        skip_space();
        if (!take(':')) refuse("a ':' should be here");
        skip_space();
        return key;
    }

    std::string_view string() {
        if (fault_ != nullptr) return {};
        const auto start = ++at_;
        auto end = start;  // of what is kept
        while (fault_ == nullptr && peek() != '"') {
            const auto character = printable(next_character());
            std::ranges::copy(character, document_.text_.begin() + static_cast<std::ptrdiff_t>(end));
            end += character.size();
        }
        take('"');
        return kept(start, end - start);
    }

    // Nothing, and a fault, when there is none.
    std::string next_character() {
        const auto rest = text_.substr(at_);
        if (rest.empty()) {
            refuse("the string does not end");
            return {};
        }
        if (rest[0] == '\\') return escaped(rest);
        const auto length = utf8_length(rest);
        if (static_cast<unsigned char>(rest[0]) < 0x20 || length == 0) {
            refuse("a string cannot hold this byte");
            return {};
        }
        at_ += length;
        return std::string(rest.substr(0, length));
    }

    std::string escaped(std::string_view rest) {
        constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
        std::string out;
        const auto letter = rest.size() >= 2 ? kLetters.find(rest[1]) : std::string_view::npos;
        if (letter != std::string_view::npos) {
            out = kMeanings[letter];
            at_ += 2;
        } else if (is_unicode_escape(rest)) {
            unicode(rest, out);
        } else {
            refuse("there is no such escape");
        }
        return out;
    }

    // One \u escape, or two that are the halves of one character.
    void unicode(std::string_view escape, std::string& out) {
        const auto first = hex4(escape.substr(2));
        const auto behind = escape.substr(6);
        const bool is_half = first >= 0xd800 && first < 0xdc00;
        const auto second = is_half && is_unicode_escape(behind) ? hex4(behind.substr(2)) : 0;
        const bool is_pair = second >= 0xdc00 && second < 0xe000;
        append_utf8(out, is_pair ? 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00) : first);
        at_ += is_pair ? 12 : 6;
    }

    void word(std::string_view wanted) {
        if (text_.substr(at_, wanted.size()) != wanted) return refuse("a value should be here");
        at_ += wanted.size();
    }

    bool digits() noexcept {
        const auto start = at_;
        while (peek() >= '0' && peek() <= '9') ++at_;
        return at_ > start;
    }

    void number() {
        take('-');
        const bool zero = take('0');
        if (!zero && !digits()) return refuse("a value should be here");
        if (take('.') && !digits()) return refuse("a digit should be here");
        if (!take('e') && !take('E')) return;
        if (!take('+')) take('-');
        if (!digits()) refuse("a digit should be here");
    }

    std::string_view text_;
    JsonDocument document_;
    std::size_t at_ = 0;
    const char* fault_ = nullptr;
};

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
    return JsonParser(text).parse();
}

JsonValue JsonValue::operator[](const char* key) const {
    const auto* node = document_->node(index_);
    if (node != nullptr && node->kind == '{') {
        for (auto child = index_ + 1; child < node->next; child = document_->node(child)->next) {
            if (document_->node(child)->key == key) return {document_, child};
        }
    }
    return {document_, ~std::size_t{0}};
}

JsonValue::Iterator JsonValue::begin() const {
    const auto* node = document_->node(index_);
    return Iterator({document_, node != nullptr ? index_ + 1 : index_});
}

JsonValue::Iterator JsonValue::end() const {
    const auto* node = document_->node(index_);
    return Iterator({document_, node != nullptr ? node->next : index_});
}

JsonValue::Iterator& JsonValue::Iterator::operator++() noexcept {
    value_.index_ = value_.document_->node(value_.index_)->next;
    return *this;
}

std::string_view JsonValue::key() const {
    const auto* node = document_->node(index_);
    return node != nullptr ? node->key : std::string_view();
}

std::string_view JsonValue::text() const {
    const auto* node = document_->node(index_);
    return node != nullptr && node->kind == '"' ? node->token : std::string_view();
}

std::string_view JsonValue::shown() const {
    const auto* node = document_->node(index_);
    return node != nullptr ? node->token : std::string_view();
}

bool JsonValue::is_true() const {
    const auto* node = document_->node(index_);
    return node != nullptr && node->kind == 't';
}

bool JsonValue::is_null() const {
    const auto* node = document_->node(index_);
    return node == nullptr || node->kind == 'n';
}

std::optional<std::int64_t> JsonValue::thousandths() const {
    const auto* node = document_->node(index_);
    if (node == nullptr || node->kind != 0) return std::nullopt;
    auto token = node->token;
    const bool negative = token.starts_with('-');
    if (negative) token.remove_prefix(1);
    std::int64_t value = 0;
    int decimals = -1;  // before the point
    for (const char c : token) {
        if (c == 'e' || c == 'E') return std::nullopt;
        if (c == '.') {
            decimals = 0;
        } else if (decimals < 3) {
            value = value * 10 + (c - '0');
            decimals += decimals < 0 ? 0 : 1;
        }
        if (value > kMaxThousandths) return std::nullopt;
    }
    for (decimals = std::max(decimals, 0); decimals < 3; ++decimals) value *= 10;
    if (value > kMaxThousandths) return std::nullopt;
    return negative ? -value : value;
}

}  // namespace nlinit
