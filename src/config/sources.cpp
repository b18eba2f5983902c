// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

std::string row_key(std::string_view rows, std::string_view name) {
    std::string key(rows);
    return key.append("[").append(name).append("]");
}

const std::string* find_source(const Sources& sources, const std::string& key, const std::string& otherwise) {
    auto found = sources.find(key);
    if (found == sources.end()) found = sources.find(otherwise);
    return found == sources.end() ? nullptr : &found->second;
}

void forget_rows(Sources& sources, std::string_view rows) {
    const std::string prefix = std::string(rows) + '[';
    for (auto each = sources.lower_bound(prefix); each != sources.end() && each->first.starts_with(prefix);)
        each = sources.erase(each);
}

}  // namespace nlinit::config
