// The options of netsetup as rows of tables: what is written, and what becomes of it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "nlinit/app/netsetup_options.hpp"

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

}  // namespace nlinit::app
