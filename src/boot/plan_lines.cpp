#include "plan_lines.hpp"

#include <algorithm>

namespace nlinit::boot {
namespace {

constexpr std::size_t kMaxColumn = 76;  // longer lines push their own source to the right and nobody else's
constexpr std::size_t kGap = 2;
constexpr std::string_view kIndent = "    ";

}  // namespace

void PlanLines::item(std::string text, std::initializer_list<std::string> keys) {
    spoken_.insert(keys);
    const auto* source = config::find_source(sources_, keys);
    item_from(std::move(text), source != nullptr ? *source : unset_);
}

void PlanLines::item_if_set(std::string text, const std::string& key) {
    if (sources_.contains(key)) item(std::move(text), {key});
}

void PlanLines::item_from(std::string text, std::string source) {
    if (!heading_.empty()) lines_.push_back({std::move(heading_), {}});
    heading_.clear();
    // An item is one line, whatever a value has in it.
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    lines_.push_back({std::string(kIndent) + std::move(text), std::move(source)});
}

std::vector<std::string> PlanLines::unspoken() const {
    std::vector<std::string> keys;
    for (const auto& [key, source] : sources_)
        if (key.find('[') == std::string::npos && !spoken_.contains(key)) keys.push_back(key);
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

}  // namespace nlinit::boot
