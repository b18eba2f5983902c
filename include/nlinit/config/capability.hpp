// SPDX-License-Identifier: Apache-2.0
// The kernel's capabilities by name (capabilities(7)).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nlinit::config {

// "CAP_NET_ADMIN" or "NET_ADMIN", in any case: its number.
[[nodiscard]] std::optional<std::uint8_t> parse_capability(std::string_view name);
[[nodiscard]] std::string_view capability_name(std::uint8_t capability) noexcept;  // "NET_ADMIN"

}  // namespace nlinit::config
