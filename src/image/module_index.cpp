// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/module_index.hpp"

#include <algorithm>
#include <cstdint>

#include "nlinit/base/text.hpp"

namespace nlinit::image {
namespace {

constexpr std::string_view kSuffix = ".ko";
constexpr std::string_view kAlias = "alias ";

constexpr char plain(char letter) noexcept {
    return letter == '-' ? '_' : letter;
}

// "[0-9a]" at the front of the pattern, which is taken off; nothing where the bracket is not closed.
std::optional<bool> take_bracket(std::string_view& pattern, char letter) noexcept {
    const auto end = pattern.find(']', 2);
    if (end == std::string_view::npos) return std::nullopt;
    auto set = pattern.substr(1, end - 1);
    pattern.remove_prefix(end + 1);
    const bool inverted = set.starts_with('!') || set.starts_with('^');
    if (inverted) set.remove_prefix(1);
    bool found = false;
    while (!set.empty()) {
        const bool is_range = set.size() > 2 && set[1] == '-';
        const char last = set[is_range ? 2 : 0];
        found = found || (set.front() <= letter && letter <= last);
        set.remove_prefix(is_range ? 3 : 1);
    }
    return found != inverted;
}

// One letter by what is at the front of the pattern, which is taken off.
bool take_letter(std::string_view& pattern, char letter) noexcept {
    if (pattern.empty() || pattern.front() == '*') return false;
    if (pattern.front() == '[') {
        if (const auto found = take_bracket(pattern, letter)) return *found;
    }
    const bool fits = pattern.front() == '?' || plain(pattern.front()) == plain(letter);
    if (fits) pattern.remove_prefix(1);
    return fits;
}

constexpr bool stands_for_others(char letter) noexcept {
    return letter == '*' || letter == '?' || letter == '[';
}

// Whether they differ before the first letter of the pattern that stands for others: true of most lines of an index.
bool differs_at_once(std::string_view pattern, std::string_view name) noexcept {
    const auto size = std::min(pattern.size(), name.size());
    std::size_t at = 0;
    while (at < size && pattern[at] == name[at]) ++at;
    return at < size && plain(pattern[at]) != plain(name[at]) && !stands_for_others(pattern[at]);
}

// What is before the first ':' of the pattern that a line begins with, and with it: the bus of the devices that it may
// match. Empty where there is no ':', nothing where a letter before it stands for others.
std::optional<std::string_view> bus_of_line(std::string_view line) noexcept {
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char letter = line[at];
        if (letter == ':') return line.substr(0, at + 1);
        if (letter == ' ') return std::string_view();
        if (stands_for_others(letter)) return std::nullopt;
    }
    return std::string_view();
}

// Names by their bus, so that each line of an index meets those alone that it may be about.
struct Bus {
    std::string_view name;  // "pci:"
    std::vector<std::size_t> names;
};

std::vector<Bus> buses_of(const std::vector<std::string>& names) {
    std::vector<Bus> buses;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (names[index].empty()) continue;
        if (std::ranges::any_of(names[index], stands_for_others)) continue;  // the kernel gives no such name
        const auto name = std::string_view(names[index]).substr(0, names[index].find(':') + 1);
        auto bus = std::ranges::find(buses, name, &Bus::name);
        if (bus == buses.end()) bus = buses.insert(bus, Bus{name, {}});
        bus->names.push_back(index);
    }
    return buses;
}

}  // namespace

std::string_view module_name_of(std::string_view file) noexcept {
    const auto slash = file.rfind('/');
    if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
    const auto suffix = file.find(kSuffix);
    return suffix == std::string_view::npos ? std::string_view() : file.substr(0, suffix);
}

bool is_compressed_module(std::string_view file) noexcept {
    return !file.ends_with(kSuffix);
}

bool is_same_module(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char one, char other) { return plain(one) == plain(other); });
}

std::string plain_module_name(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '-', '_');
    return text;
}

bool is_module_name(std::string_view name) noexcept {
    return !name.empty() && name.find_first_of("/.: \n") == std::string_view::npos;
}

std::optional<std::string_view> find_module(std::string_view index, std::string_view name) noexcept {
    while (!index.empty()) {
        const auto line = take_field(index, '\n');
        if (is_same_module(module_name_of(line.substr(0, line.find(':'))), name)) return line;
    }
    return std::nullopt;
}

std::vector<std::string_view> in_order_of_loading(std::string_view line) {
    auto files = split(line, ": ");
    std::ranges::reverse(files);
    return files;
}

// What comes without a word before it belongs to neither.
SoftDependencies soft_dependencies_of(std::string_view softdep, std::string_view name) {
    SoftDependencies found;
    while (!softdep.empty()) {
        auto line = take_field(softdep, '\n');
        if (!is_same_module(module_of_softdep_line(line), name)) continue;
        std::vector<std::string_view>* part = nullptr;
        for (const auto word : split(line, " ")) {
            if (word.ends_with(':')) {
                part = word == "pre:" ? &found.before : word == "post:" ? &found.after : nullptr;
            } else if (part != nullptr) {
                part->push_back(word);
            }
        }
    }
    return found;
}

std::string_view module_of_alias_line(std::string_view line) noexcept {
    if (!line.starts_with(kAlias)) return {};
    return line.substr(line.rfind(' ') + 1);
}

std::string_view module_of_softdep_line(std::string_view line) noexcept {
    return take_field(line, ' ') == "softdep" ? take_field(line, ' ') : std::string_view();
}

// The last '*' takes one letter more whenever what is behind it does not match: never more steps than the product of
// both lengths.
bool matches_alias(std::string_view pattern, std::string_view name) noexcept {
    std::optional<std::string_view> behind_star;
    std::string_view from_star;
    while (!name.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            behind_star = pattern;
            from_star = name;
        } else if (take_letter(pattern, name.front())) {
            name.remove_prefix(1);
        } else if (behind_star && !from_star.empty()) {
            from_star.remove_prefix(1);
            pattern = *behind_star;
            name = from_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*') == std::string_view::npos;
}

std::vector<AliasMatch> find_aliases(std::string_view aliases, const std::vector<std::string>& names) {
    const auto buses = buses_of(names);
    std::vector<AliasMatch> found;
    const auto look = [&](std::string_view pattern, std::string_view module, const Bus& bus) {
        for (const auto name : bus.names) {
            const AliasMatch match{name, module};
            if (differs_at_once(pattern, names[name])) continue;
            if (matches_alias(pattern, names[name]) && std::ranges::find(found, match) == found.end())
                found.push_back(match);
        }
    };
    while (!aliases.empty()) {
        auto line = take_field(aliases, '\n');
        if (!line.starts_with(kAlias)) continue;
        line.remove_prefix(kAlias.size());
        const auto bus_name = bus_of_line(line);
        for (const auto& bus : buses) {
            if (bus_name && *bus_name != bus.name) continue;
            auto module = line;
            const auto pattern = take_field(module, ' ');
            look(pattern, module, bus);
        }
    }
    return found;
}

}  // namespace nlinit::image
