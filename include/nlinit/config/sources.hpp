// SPDX-License-Identifier: Apache-2.0
// Where the values of a config came from, for whoever reads a plan. Kept beside the config and not in it: what a value
// does is the same wherever it stood.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace nlinit::config {

// "network.timeout" → "/etc/nlinit.toml:12:1". A key is spelt as the file spells it; a row is "mount[/srv]", by what is
// its own in the config, and a value of a row "mount[/srv].options". What is in no layer but the profile is not here.
using Sources = std::map<std::string, std::string>;

[[nodiscard]] std::string row_key(std::string_view rows, std::string_view name);  // "mount[/srv]"

// The source of a key, or else that of another; nullptr when the profile is all there is.
[[nodiscard]] const std::string* find_source(const Sources& sources, const std::string& key,
                                             const std::string& otherwise = {});

// When a layer replaces all rows of a kind: their sources go with them.
void forget_rows(Sources& sources, std::string_view rows);

}  // namespace nlinit::config
