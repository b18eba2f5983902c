// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/table_reader.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"

namespace nlinit::config {
namespace {

constexpr std::size_t kMaxProblems = 100;

std::string description_of(const TomlValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.content)) return in_quotes(*text);
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) return std::to_string(*number);
    if (const auto* truth = std::get_if<bool>(&value.content)) return *truth ? "true" : "false";
    if (std::holds_alternative<TomlList>(value.content)) return "a list";
    if (std::holds_alternative<TomlTable>(value.content)) return "a table";
    return "a date or a number with a fraction";
}

// Tables and rows: what is in them has places of its own.
bool has_keys(const TomlValue& value) {
    const auto* list = std::get_if<TomlList>(&value.content);
    const auto& content = list != nullptr && !list->empty() ? list->front().content : value.content;
    return std::holds_alternative<TomlTable>(content);
}

bool has_nul(const std::string& text) {
    return text.find('\0') != std::string::npos;
}

}  // namespace

void Problems::add(Position at, std::string what) {
    if (list_.size() < kMaxProblems) {
        list_.push_back({at.line, at.column, std::move(what)});
    } else {
        ++left_out_;
    }
}

std::vector<Problem> Problems::take() && {
    const auto place = [](const Problem& problem) { return std::pair(problem.line, problem.column); };
    std::ranges::stable_sort(list_, {}, place);
    if (left_out_ > 0) list_.push_back({0, 0, concat({"and ", std::to_string(left_out_), " more problems"})});
    return std::move(list_);
}

const TomlValue* TableReader::find(std::string_view key) {
    known_.push_back(key);
    if (problems_.asked != nullptr) problems_.asked->push_back(concat({place_, " ", key}));
    const auto found = std::ranges::find(table_, key, &TomlEntry::key);
    return found == table_.end() ? nullptr : &found->value;
}

void TableReader::complain(Position at, std::initializer_list<std::string_view> what) {
    auto sentence = concat(what);
    append(sentence, {" in ", place_});
    problems_.add(at, std::move(sentence));
}

bool TableReader::refuse(std::string_view key, const TomlValue& value, std::string_view wanted) {
    refused_.emplace_back(key);
    problems_.add(value.at,
                  concat({in_quotes(key), " in ", place_, " must be ", wanted, ", not ", description_of(value)}));
    return false;
}

bool TableReader::require(bool was_read, std::string_view key) {
    const bool there = std::ranges::find(table_, key, &TomlEntry::key) != table_.end();
    if (!was_read && !there) problems_.add(at_, concat({in_quotes(key), " is missing in ", place_}));
    return was_read;
}

void TableReader::finish() {
    for (const auto& entry : table_) {
        if (std::ranges::find(known_, entry.key) == known_.end()) {
            problems_.add(entry.at, concat({"unknown key ", in_quotes(entry.key), " in ", place_,
                                            did_you_mean(entry.key, known_)}));
        } else if (!has_keys(entry.value) && std::ranges::find(refused_, entry.key) == refused_.end()) {
            places_.push_back({entry.key, entry.at});
        }
    }
}

void TableReader::adopt(const std::string& key, const TableReader& inner) {
    if (!inner.row_name_.empty()) places_.push_back({key, inner.at_});
    for (const auto& place : inner.places_) places_.push_back({concat({key, ".", place.key}), place.at});
}

bool TableReader::read(std::string_view key, bool& target) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* truth = std::get_if<bool>(&value->content);
    if (truth == nullptr) return refuse(key, *value, "true or false");
    target = *truth;
    return true;
}

bool TableReader::read(std::string_view key, std::string& target) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* text = std::get_if<std::string>(&value->content);
    if (text == nullptr) return refuse(key, *value, "a string");
    target = *text;
    return true;
}

bool TableReader::read(std::string_view key, std::vector<std::string>& target) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* list = std::get_if<TomlList>(&value->content);
    if (list == nullptr) return refuse(key, *value, "a list of strings");
    std::vector<std::string> texts;
    for (const auto& element : *list) {
        const auto* text = std::get_if<std::string>(&element.content);
        if (text == nullptr || has_nul(*text)) return refuse(key, element, "a list of strings");
        texts.push_back(*text);
    }
    target = std::move(texts);
    return true;
}

bool TableReader::read_number(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* number = std::get_if<std::int64_t>(&value->content);
    if (number == nullptr || *number < min || *number > max)
        return refuse(key, *value, concat({"a number from ", std::to_string(min), " to ", std::to_string(max)}));
    target = *number;
    return true;
}

const TomlTable& TableReader::entries(std::string_view key) {
    static const TomlTable kNone;
    const auto* value = find(key);
    if (value == nullptr) return kNone;
    const auto* content = std::get_if<TomlTable>(&value->content);
    if (content != nullptr) return *content;
    refuse(key, *value, "a table");
    return kNone;
}

std::string TableReader::path_of(std::string_view key) const {
    const auto inner = place_.find_first_not_of('[');
    if (!place_.starts_with('[') || inner == std::string::npos) return std::string(key);
    return concat({place_.substr(inner, place_.find(']') - inner), ".", key});
}

const TomlTable* TableReader::table_of(std::string_view key) {
    static const TomlTable kEmpty;
    const auto* value = find(key);
    if (value == nullptr) return problems_.asked != nullptr ? &kEmpty : nullptr;
    place_of_value_ = value->at;
    const auto* content = std::get_if<TomlTable>(&value->content);
    if (content == nullptr) refuse(key, *value, "a table");
    return content;
}

const TomlList* TableReader::rows_of(std::string_view key) {
    static const TomlList kOneEmptyRow{{{}, TomlTable()}};
    const auto* value = find(key);
    if (value == nullptr) return problems_.asked != nullptr ? &kOneEmptyRow : nullptr;
    const auto* list = std::get_if<TomlList>(&value->content);
    const auto is_table = [](const TomlValue& row) { return std::holds_alternative<TomlTable>(row.content); };
    if (list == nullptr || !std::ranges::all_of(*list, is_table)) {
        refuse(key, *value, concat({"a list of tables, [[", path_of(key), "]]"}));
        return nullptr;
    }
    if (list->size() > kMaxRows)
        problems_.add((*list)[kMaxRows].at,
                      concat({"more than ", std::to_string(kMaxRows), " of [[", path_of(key), "]]"}));
    return list;
}

std::optional<std::string> scalar_text(const TomlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) return std::to_string(*number);
    const auto* text = std::get_if<std::string>(&value.content);
    if (text == nullptr || has_nul(*text)) return std::nullopt;
    return *text;
}

}  // namespace nlinit::config
