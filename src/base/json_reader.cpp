#include "nlinit/base/json_reader.hpp"

#include <algorithm>

#include "nlinit/base/utf8.hpp"

namespace nlinit {

// By recursion, whose depth is limited. The first fault is kept and ends everything.
class JsonParser {
  public:
    explicit JsonParser(std::string text) { document_.text_ = std::move(text); }

    Result<JsonDocument> parse() {
        skip_space();
        value({}, 0);
        skip_space();
        if (at_ < text().size()) refuse("the end should be here");
        if (fault_ != nullptr) return Error{0, "byte " + std::to_string(at_) + ": " + fault_};
        return std::move(document_);
    }

  private:
    using Range = JsonDocument::Range;

    [[nodiscard]] const std::string& text() const noexcept { return document_.text_; }
    [[nodiscard]] char peek() const noexcept { return at_ < text().size() ? text()[at_] : '\0'; }
    bool take(char wanted) noexcept {
        const bool there = fault_ == nullptr && at_ < text().size() && text()[at_] == wanted;
        at_ += there ? 1 : 0;
        return there;
    }
    void refuse(const char* fault) noexcept {
        if (fault_ == nullptr) fault_ = fault;
    }
    void skip_space() noexcept {
        while (fault_ == nullptr && at_ < text().size() && std::string_view(" \t\r\n").find(peek()) < 4) ++at_;
    }

    void value(Range key, std::size_t depth) {
        if (depth > JsonDocument::kMaxDepth) refuse("this is nested too deeply");
        if (document_.nodes_.size() >= JsonDocument::kMaxValues) refuse("there are too many values");
        if (fault_ != nullptr) return;
        const auto index = document_.nodes_.size();
        const char first = peek();
        document_.nodes_.push_back({first, key, {at_, 0}, 0});
        if (first == '{' || first == '[') {
            inside(first == '{', depth);
        } else if (first == '"') {
            document_.nodes_[index].token = string();
        } else if (first == 't' || first == 'f' || first == 'n') {
            word(first == 't' ? "true" : first == 'f' ? "false" : "null");
        } else {
            number();
            document_.nodes_[index].kind = 0;
            document_.nodes_[index].token.size = at_ - document_.nodes_[index].token.at;
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
            const Range key = object ? member_key() : Range{};
            value(key, depth + 1);
            skip_space();
        } while (take(','));
        if (!take(close)) refuse(object ? "a ',' or '}' should be here" : "a ',' or ']' should be here");
    }

    Range member_key() {
        if (peek() != '"') refuse("the name of a member should be here");
        const Range key = string();
        skip_space();
        if (!take(':')) refuse("a ':' should be here");
        skip_space();
        return key;
    }

    Range string() {
        if (fault_ != nullptr) return {};
        const auto start = ++at_;
        while (fault_ == nullptr && peek() != '"') character();
        const Range range{start, at_ - start};
        take('"');
        return range;
    }

    void character() {
        if (at_ == text().size()) return refuse("the string does not end");
        const auto rest = std::string_view(text()).substr(at_);
        if (rest[0] == '\\') return escape(rest);
        const auto length = utf8_length(rest);
        if (static_cast<unsigned char>(rest[0]) < 0x20 || length == 0) return refuse("a string cannot hold this byte");
        at_ += length;
    }

    void escape(std::string_view rest) {
        const bool code = rest.size() >= 6 && rest[1] == 'u' &&
                          rest.substr(2, 4).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
        const bool letter = rest.size() >= 2 && std::string_view("\"\\/bfnrt").find(rest[1]) != std::string_view::npos;
        if (!code && !letter) return refuse("there is no such escape");
        at_ += code ? 6 : 2;
    }

    void word(std::string_view wanted) {
        if (std::string_view(text()).substr(at_, wanted.size()) != wanted) return refuse("a value should be here");
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

    JsonDocument document_;
    std::size_t at_ = 0;
    const char* fault_ = nullptr;
};

namespace {

std::uint32_t hex4(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char digit : digits.substr(0, 4))
        value = value * 16 + static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    return value;
}

// A \u escape, or two that are the halves of one character; gives how many bytes of text that is.
std::size_t decode_unicode(std::string_view escape, std::string& out) {
    const auto first = hex4(escape.substr(2));
    const bool is_half = first >= 0xd800 && first < 0xdc00;
    const auto second = is_half && escape.substr(6).starts_with("\\u") ? hex4(escape.substr(8)) : 0;
    const bool is_pair = second >= 0xdc00 && second < 0xe000;
    append_utf8(out, is_pair ? 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00) : first);
    return is_pair ? 12 : 6;
}

// What the parser let pass.
std::string decoded(std::string_view raw) {
    std::string out;
    while (!raw.empty()) {
        const auto plain = std::min(raw.find('\\'), raw.size());
        out += raw.substr(0, plain);
        raw.remove_prefix(plain);
        if (raw.empty()) break;
        if (raw[1] == 'u') {
            raw.remove_prefix(decode_unicode(raw, out));
            continue;
        }
        constexpr std::string_view kLetters = "bfnrt", kMeanings = "\b\f\n\r\t";
        const auto letter = kLetters.find(raw[1]);
        out += letter < kMeanings.size() ? kMeanings[letter] : raw[1];
        raw.remove_prefix(2);
    }
    return out;
}

}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string text) {
    return JsonParser(std::move(text)).parse();
}

JsonValue JsonValue::operator[](std::string_view key) const {
    const auto* node = document_->node(index_);
    if (node != nullptr && node->kind == '{') {
        for (auto child = index_ + 1; child < node->next; child = document_->node(child)->next) {
            if (document_->raw(document_->node(child)->key) == key) return {document_, child};
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

std::string JsonValue::key() const {
    const auto* node = document_->node(index_);
    return node != nullptr ? decoded(document_->raw(node->key)) : "";
}

std::string JsonValue::text() const {
    const auto* node = document_->node(index_);
    return node != nullptr && node->kind == '"' ? decoded(document_->raw(node->token)) : "";
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
    auto token = document_->raw(node->token);
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
