// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/json_reader.hpp"

// RapidJSON 1.1.0 adds to a null pointer where its stack is empty, and then compares: harmless, and what
// UndefinedBehaviorSanitizer stops at.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <algorithm>
#include <string>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

// Without recursion, whatever the depth. A number stays the text that it is written as.
constexpr unsigned kFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;

const char* sentence_of(rapidjson::ParseErrorCode code) noexcept {
    switch (code) {
        case rapidjson::kParseErrorDocumentRootNotSingular:
            return "the end should be here";
        case rapidjson::kParseErrorObjectMissName:
            return "the name of a member should be here";
        case rapidjson::kParseErrorObjectMissColon:
            return "a ':' should be here";
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
            return "a ',' or '}' should be here";
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
            return "a ',' or ']' should be here";
        case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
        case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
            return "there is no such escape";
        case rapidjson::kParseErrorStringMissQuotationMark:
            return "the string does not end";
        case rapidjson::kParseErrorStringEscapeInvalid:  // of a control byte too
        case rapidjson::kParseErrorStringInvalidEncoding:
            return "a string cannot hold this";
        case rapidjson::kParseErrorNumberTooBig:
            return "the number is too large";
        case rapidjson::kParseErrorNumberMissFraction:
        case rapidjson::kParseErrorNumberMissExponent:
            return "a digit should be here";
        default:
            return "a value should be here";
    }
}

// Of the \u escape that stands here; 0 where none does.
std::uint32_t utf16_unit(std::string_view text, std::size_t at) {
    if (text.substr(std::min(at, text.size()), 2) != "\\u") return 0;
    const auto high = parse_hex_byte(text.substr(at + 2, 2));
    const auto low = high ? parse_hex_byte(text.substr(std::min(at + 4, text.size()), 2)) : std::nullopt;
    return low ? static_cast<std::uint32_t>(*high << 8 | *low) : 0;
}

// What is allowed, and RapidJSON refuses, in as many bytes: half a surrogate pair (RFC 8259, 8.2) is U+FFFD, and a byte
// order mark, which a reader may ignore (8.1), white space.
std::string made_plain(std::string_view text) {
    std::string out(text);
    if (text.starts_with("\xef\xbb\xbf")) out.replace(0, 3, "   ");
    for (auto at = out.find('\\'); at != std::string::npos; at = out.find('\\', at)) {
        const auto unit = utf16_unit(out, at);
        const bool is_pair = (unit & 0xfc00) == 0xd800 && (utf16_unit(out, at + 6) & 0xfc00) == 0xdc00;
        if (!is_pair && (unit & 0xf800) == 0xd800) out.replace(at + 2, 4, "fffd");
        at += is_pair ? 12 : 2;
    }
    return out;
}

}  // namespace

// What RapidJSON comes to is told to it in the order of the text: a Handler in the words of rapidjson/reader.h. It
// gives false where a limit of ours ends the reading.
class JsonParser {
  public:
    explicit JsonParser(JsonDocument::Texts texts) : texts_(texts) {}
    Result<JsonDocument> parse(std::string_view text) {
        const auto json = made_plain(text);
        rapidjson::MemoryStream stream(json.data(), json.size());
        rapidjson::Reader reader;
        reader.Parse<kFlags>(stream, *this);
        if (reader.HasParseError()) return refused(reader.GetErrorOffset(), sentence_of(reader.GetParseErrorCode()));
        // RapidJSON takes a NUL for the end.
        if (stream.Tell() < text.size()) return refused(stream.Tell(), "the end should be here");
        return std::move(document_);
    }

    bool Null() { return add('n'); }
    bool Bool(bool value) { return add(value ? 't' : 'f'); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) { return add(0, {text, size}); }
    bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) { return add('"', {text, size}); }
    bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
        key_ = keep({text, size});
        return true;
    }
    bool StartObject() { return open('{'); }
    bool StartArray() { return open('['); }
    bool EndObject(rapidjson::SizeType /*members*/) { return close(); }
    bool EndArray(rapidjson::SizeType /*elements*/) { return close(); }
    // Numbers come as texts.
    bool Int(int /*number*/) { return false; }
    bool Uint(unsigned /*number*/) { return false; }
    bool Int64(std::int64_t /*number*/) { return false; }
    bool Uint64(std::uint64_t /*number*/) { return false; }
    bool Double(double /*number*/) { return false; }

  private:
    [[nodiscard]] Error refused(std::size_t at, const char* sentence) const {
        return {0, concat({"byte ", std::to_string(at), ": ", (limit_.empty() ? sentence : limit_)})};
    }
    [[nodiscard]] std::string_view keep(std::string_view text) {
        return document_.texts_.emplace_back(texts_ == JsonDocument::Texts::to_be_shown ? printable(text)
                                                                                        : std::string(text));
    }

    bool add(char kind, std::string_view token = {}) {
        auto& nodes = document_.nodes_;
        if (nodes.size() >= JsonDocument::kMaxValues) limit_ = "there are too many values";
        if (open_.size() > JsonDocument::kMaxDepth) limit_ = "this is nested too deeply";
        if (!limit_.empty()) return false;
        const auto key = std::exchange(key_, {});
        nodes.push_back(
            {.kind = kind, .key = key, .token = token.empty() ? token : keep(token), .next = nodes.size() + 1});
        return true;
    }
    bool open(char kind) {
        if (!add(kind)) return false;
        open_.push_back(document_.nodes_.size() - 1);
        return true;
    }
    bool close() {
        const auto bracket = open_.back();
        document_.nodes_[bracket].next = document_.nodes_.size();
        open_.pop_back();
        return texts_ == JsonDocument::Texts::to_be_shown || has_each_name_once(bracket);
    }
    // Readers differ in which of two members of one name they take (RFC 8259 4), and so who wrote both may have been
    // understood by somebody else.
    bool has_each_name_once(std::size_t object) {
        const auto& nodes = document_.nodes_;
        if (nodes[object].kind != '{') return true;
        std::vector<std::string_view> names;
        for (auto at = object + 1; at < nodes[object].next; at = nodes[at].next) names.push_back(nodes[at].key);
        std::ranges::sort(names);
        const auto twice = std::ranges::adjacent_find(names);
        if (twice != names.end())
            limit_ = concat({"in the object that ends here ", in_quotes(*twice), " is there twice"});
        return limit_.empty();
    }

    JsonDocument::Texts texts_;
    JsonDocument document_;
    std::string_view key_;           // of the member that comes next
    std::vector<std::size_t> open_;  // the nodes of the brackets around what comes next
    std::string limit_;              // of ours, which is exceeded
};

Result<JsonDocument> JsonDocument::parse(std::string_view text, Texts texts) {
    return JsonParser(texts).parse(text);
}

JsonValue::Kind JsonValue::kind() const {
    const auto* node = document_->node(index_);
    if (node == nullptr) return Kind::null;
    switch (node->kind) {
        case 0:
            return Kind::number;
        case '"':
            return Kind::text;
        case '[':
            return Kind::list;
        case '{':
            return Kind::object;
        case 't':
        case 'f':
            return Kind::truth;
        default:
            return Kind::null;
    }
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
