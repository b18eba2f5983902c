// SPDX-License-Identifier: Apache-2.0
// The options of netsetup as rows of tables: what is written, and what becomes of it.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/netsetup/netsetup_options.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::app {

struct FlagRow {
    const char* name;
    void (*take)(NetsetupOptions& options);
};
struct ValueRow {
    const char* name;
    const char* wanted;  // what would be right, for when take() gives false
    bool (*take)(std::string_view value, NetsetupOptions& options);
};

// Those that are about the DHCP client.
[[nodiscard]] std::span<const FlagRow> dhcp_flags() noexcept;
[[nodiscard]] std::span<const ValueRow> dhcp_values() noexcept;

template <class Value, class Target>
[[nodiscard]] bool set(std::optional<Value> value, Target& target) {
    if (!value) return false;
    target = *std::move(value);
    return true;
}

[[nodiscard]] inline bool set_path(std::string_view value, std::string& target) {
    target = value;
    return !value.empty();
}

// VALUE,VALUE…, all of them right.
template <class Value>
[[nodiscard]] bool add_each(std::string_view text, std::optional<Value> (*parse)(std::string_view),
                            std::vector<Value>& list) {
    bool is_more = true;
    while (is_more) {
        is_more = text.find(',') != std::string_view::npos;
        const auto value = parse(take_field(text, ','));
        if (!value) return false;
        list.push_back(*value);
    }
    return true;
}

}  // namespace nlinit::app
