// SPDX-License-Identifier: Apache-2.0
#include "plan_lines.hpp"

#include <algorithm>

#include "nlinit/base/text.hpp"

namespace nlinit::plan {
namespace {

constexpr std::size_t kMaxColumn = 76;  // longer lines push their own source to the right and nobody else's
constexpr std::size_t kGap = 2;
constexpr std::size_t kIndent = 4;

}  // namespace

std::string PlanLines::whole_key(std::string_view key) const {
    std::string whole = row_;
    if (!whole.empty() && !key.starts_with('[')) whole += '.';
    return whole += key;
}

void PlanLines::item(std::string_view label, std::string_view value, std::string_view key, std::string_view otherwise) {
    std::string text(row_.empty() ? 0 : kIndent, ' ');
    text.append(label).append(value);
    spoken_.push_back(whole_key(key));
    const std::string other(row_.empty() ? otherwise : row_);
    const auto* source = config::find_source(sources_, spoken_.back(), other);
    item_from(text, source != nullptr ? *source : unset_);
    spoken_.push_back(other);
}

void PlanLines::item_if_set(std::string_view label, std::string_view value, std::string_view key) {
    if (sources_.contains(whole_key(key))) item(label, value, key);
}

void PlanLines::item_from(std::string_view text, std::string source) {
    if (!heading_.empty()) lines_.push_back({std::move(heading_), {}});
    heading_.clear();
    // An item is one line, whatever a value has in it.
    lines_.push_back({printable(text).insert(0, kIndent, ' '), std::move(source)});
}

std::vector<std::string> PlanLines::unspoken() const {
    std::vector<std::string> keys;
    for (const auto& [key, source] : sources_)
        if (key.find('[') == std::string::npos && std::ranges::find(spoken_, key) == spoken_.end()) keys.push_back(key);
    return keys;
}

std::string PlanLines::text() const {
    std::size_t column = 0;
    for (const auto& line : lines_) column = std::max(column, std::min(line.text.size(), kMaxColumn));
    std::string text;
    for (const auto& [line, source] : lines_) {
        text += line;
        if (!source.empty()) {
            text.append(std::max(column, line.size()) - line.size() + kGap, ' ');
            text.append("# from ").append(source);
        }
        text += '\n';
    }
    return text;
}

}  // namespace nlinit::plan
