// SPDX-License-Identifier: Apache-2.0
// A TOML text as values with their places. Behind it stands toml++, which no other file knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {

struct Position {
    std::uint32_t line = 0, column = 0;  // from 1; 0 when the text as a whole is meant
    friend bool operator==(const Position&, const Position&) = default;
};

struct TomlValue;
struct TomlEntry;
using TomlList = std::vector<TomlValue>;
using TomlTable = std::vector<TomlEntry>;  // sorted by key
struct TomlOther {};                       // a date, a time or a number with a fraction: no key takes one

struct TomlValue {
    Position at;
    std::variant<TomlOther, bool, std::int64_t, std::string, TomlList, TomlTable> content;
};
struct TomlEntry {
    std::string key;
    Position at;  // of the key
    TomlValue value;
};

// The root table, or the first thing that is not TOML. Texts beyond kMaxConfigSize and keys or values nested without
// measure are refused: toml++ takes its trees apart by recursion.
[[nodiscard]] std::variant<TomlTable, Problem> parse_toml_document(std::string_view text);

}  // namespace nlinit::config
