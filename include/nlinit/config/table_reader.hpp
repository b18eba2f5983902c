// SPDX-License-Identifier: Apache-2.0
// Reads one table of a config key by key, and keeps where each value stood. What is wrong becomes a Problem that names
// the key, its place and what would be right, and the target keeps its value; what nobody asked for is an unknown key.
//
//     reader.table("network", [&](TableReader& table) {
//         table.read("wait", network.wait);
//         table.read("timeout", network.timeout, parse_duration, "a time such as \"6s\"");
//     });
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/words.hpp"
#include "nlinit/config/sources.hpp"
#include "nlinit/config/toml_document.hpp"

namespace nlinit::config {

// In the order of the text in the end, and no more than a person would read.
class Problems {
  public:
    void add(Position at, std::string what);
    [[nodiscard]] std::vector<Problem> take() &&;

    // Not null when the reader's keys are wanted and not the text's: tables that the text lacks are read all the same,
    // and each key that is asked for is noted, as "[network] timeout".
    std::vector<std::string>* asked = nullptr;

  private:
    std::vector<Problem> list_;
    std::size_t left_out_ = 0;
};

class TableReader {
  public:
    // place: "[network]", as complaints name the table.
    TableReader(const TomlTable& table, Position at, std::string place, Problems& problems)
        : table_(table), at_(at), place_(std::move(place)), problems_(problems) {}

    // Each says whether the target was set; false without a Problem when the key is not there.
    bool read(std::string_view key, bool& target);
    bool read(std::string_view key, std::string& target);               // any text, also with NUL
    bool read(std::string_view key, std::vector<std::string>& target);  // texts without NUL
    bool read_number(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max);

    template <std::unsigned_integral T>
    bool read(std::string_view key, T& target, T min = 0, T max = std::numeric_limits<T>::max()) {
        std::int64_t number = 0;
        if (!read_number(key, number, min, max)) return false;
        target = static_cast<T>(number);
        return true;
    }

    template <class Target, class Value>
    bool read(std::string_view key, Target& target, std::optional<Value> (*parse)(std::string_view),
              std::string_view wanted) {
        const auto* value = find(key);
        if (value == nullptr) return false;
        const auto* text = std::get_if<std::string>(&value->content);
        auto parsed = text != nullptr ? parse(*text) : std::nullopt;
        if (!parsed) return refuse(key, *value, wanted);
        target = *std::move(parsed);
        return true;
    }

    template <class Value, std::size_t N>
    bool read(std::string_view key, Value& target, const std::array<Word<Value>, N>& words) {
        const auto* value = find(key);
        if (value == nullptr) return false;
        const auto* text = std::get_if<std::string>(&value->content);
        const auto parsed = text != nullptr ? value_of_word(*text, words) : std::nullopt;
        if (!parsed) return refuse(key, *value, list_of_words(words));
        target = *parsed;
        return true;
    }

    // A list, or one text for a list of one. What is wrong in it is named, and the others count.
    template <class Value>
    bool read_list(std::string_view key, std::vector<Value>& target, std::optional<Value> (*parse)(std::string_view),
                   std::string_view wanted) {
        std::vector<Value> values;
        const auto add = [&](std::string_view text) {
            auto value = parse(text);
            if (!value) return false;
            values.push_back(*std::move(value));
            return true;
        };
        const bool all = read_each(key, add, wanted);
        if (!all && values.empty()) return false;
        target = std::move(values);
        return true;
    }

    // Calls read(TableReader&) for the table of this key; then what it did not ask for is unknown.
    template <class Read>
    void table(std::string_view key, Read&& read) {
        const auto* content = table_of(key);
        if (content == nullptr) return;
        TableReader reader(*content, place_of_value_, "[" + path_of(key) + "]", problems_);
        read(reader);
        reader.finish();
        adopt(std::string(key), reader);
    }

    // The same for each table of a list; whether there is such a list.
    template <class Read>
    bool rows(std::string_view key, Read&& read) {
        const auto* list = rows_of(key);
        if (list == nullptr) return false;
        for (std::size_t i = 0; i < list->size() && i < kMaxRows; ++i) {
            const auto& row = (*list)[i];
            TableReader reader(*std::get_if<TomlTable>(&row.content), row.at, "[[" + path_of(key) + "]]", problems_);
            read(reader);
            reader.finish();
            if (!reader.row_name_.empty()) adopt(row_key(key, reader.row_name_), reader);
        }
        return true;
    }

    // The table of a key whose own keys are the user's to choose; empty when there is none.
    [[nodiscard]] const TomlTable& entries(std::string_view key);

    // The value, if the key is there; from then on the key is a known one.
    [[nodiscard]] const TomlValue* find(std::string_view key);
    // "'mtu' in [network] must be ..., not ..."; false, for a caller to return.
    bool refuse(std::string_view key, const TomlValue& value, std::string_view wanted);
    void complain(Position at, std::string_view what) { complain(at, {what}); }
    void complain(Position at, std::initializer_list<std::string_view> what);
    // The row became part of the config under this name: see Sources.
    void name_row(std::string name) { row_name_ = std::move(name); }
    // Of a value in entries(): "sysctl.net.ipv4.ip_forward".
    void came_from(std::string key, Position at) { places_.push_back({std::move(key), at}); }
    struct KeyPlace {
        std::string key;
        Position at;
    };
    // Where the values stood that were not refused, by their keys from this table on.
    [[nodiscard]] const std::vector<KeyPlace>& places() const noexcept { return places_; }

    // The key has to be there.
    bool require(bool was_read, std::string_view key);

    [[nodiscard]] Position at() const noexcept { return at_; }
    // Unknown keys become problems. Called for tables and rows; by hand for the root.
    void finish();

  private:
    static constexpr std::size_t kMaxRows = 1024;

    [[nodiscard]] std::string path_of(std::string_view key) const;
    [[nodiscard]] const TomlTable* table_of(std::string_view key);
    [[nodiscard]] const TomlList* rows_of(std::string_view key);
    void adopt(const std::string& key, const TableReader& inner);
    template <class Add>
    bool read_each(std::string_view key, const Add& add, std::string_view wanted) {
        const auto* value = find(key);
        if (value == nullptr) return false;
        const auto* list = std::get_if<TomlList>(&value->content);
        const auto take = [&](const TomlValue& element) {
            const auto* text = std::get_if<std::string>(&element.content);
            return (text != nullptr && add(*text)) || refuse(key, element, wanted);
        };
        if (list == nullptr) return take(*value);
        bool all = true;
        for (const auto& element : *list) all = take(element) && all;
        return all;
    }

    const TomlTable& table_;
    Position at_;
    std::string place_;
    Problems& problems_;
    std::vector<std::string_view> known_;
    std::vector<std::string> refused_;
    std::vector<KeyPlace> places_;
    std::string row_name_;
    Position place_of_value_;  // of the table that table_of() found
};

// A text as it is, a number in decimal; nothing for other values.
[[nodiscard]] std::optional<std::string> scalar_text(const TomlValue& value);

}  // namespace nlinit::config
