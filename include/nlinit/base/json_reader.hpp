// SPDX-License-Identifier: Apache-2.0
// Reads JSON (RFC 8259) from an untrusted source. A JsonValue, and each view that it returns, points into its
// JsonDocument and must not outlive it.
//
//     const auto document = JsonDocument::parse(text);
//     if (!document.ok()) return document.error();       // "byte 17: ..."
//     for (const auto step : document->root()["steps"]) print(step["step"].text());
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit {

class JsonDocument;

// Asking for a member that is missing, or for a value of another kind, gives null; asking null for anything gives null
// or an empty text.
class JsonValue {
  public:
    class Iterator;

    [[nodiscard]] JsonValue operator[](const char* key) const;  // of members with the same key the first
    [[nodiscard]] Iterator begin() const;                       // over elements or members
    [[nodiscard]] Iterator end() const;
    enum class Kind : std::uint8_t { null, truth, number, text, list, object };
    [[nodiscard]] Kind kind() const;
    [[nodiscard]] std::string_view key() const;  // of a member
    [[nodiscard]] std::string_view text() const;
    [[nodiscard]] std::string_view shown() const;  // a text, or a number as it is written
    [[nodiscard]] bool is_true() const;
    [[nodiscard]] bool is_null() const;
    // 1234.5678 gives 1234567: milliseconds become microseconds. Gives nothing when the value is no number, has an
    // exponent, or lies beyond ±kMaxThousandths.
    [[nodiscard]] std::optional<std::int64_t> thousandths() const;
    static constexpr std::int64_t kMaxThousandths = 100'000'000'000'000;  // three years, for microseconds

  private:
    friend class JsonDocument;
    JsonValue(const JsonDocument* document, std::size_t index) noexcept : document_(document), index_(index) {}

    const JsonDocument* document_;
    std::size_t index_;  // past the end: null
};

class JsonDocument {
  public:
    JsonDocument() = default;
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;
    JsonDocument(JsonDocument&&) = default;
    JsonDocument& operator=(JsonDocument&&) = default;
    static constexpr std::size_t kMaxDepth = 32;
    static constexpr std::size_t kMaxValues = 1 << 18;

    // Keys and texts of a document that is to be shown are fit for a terminal and for XML, as printable() of base/text
    // gives them; those of one that is to be obeyed are unchanged, NUL included, and no object may have two members of
    // one name.
    enum class Texts : std::uint8_t { to_be_shown, as_they_are };
    // The error names the fault and the byte at which it is.
    [[nodiscard]] static Result<JsonDocument> parse(std::string_view text, Texts texts = Texts::to_be_shown);
    [[nodiscard]] JsonValue root() const noexcept { return {this, 0}; }

  private:
    friend class JsonValue;
    friend class JsonParser;
    // Nodes stand in the order of the text: after the node of a bracket come the nodes of its content.
    struct Node {
        char kind = '\0';  // its first character; 0 for a number
        std::string_view key, token;
        std::size_t next = 0;  // the node after this one and all that is in it
    };
    [[nodiscard]] const Node* node(std::size_t index) const noexcept {
        return index < nodes_.size() ? &nodes_[index] : nullptr;
    }

    std::deque<std::string> texts_;  // that the nodes show; a move leaves them where they are
    std::vector<Node> nodes_;
};

class JsonValue::Iterator {
  public:
    explicit Iterator(JsonValue value) noexcept : value_(value) {}
    JsonValue operator*() const noexcept { return value_; }
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const noexcept { return value_.index_ == other.value_.index_; }

  private:
    JsonValue value_;
};

}  // namespace nlinit
