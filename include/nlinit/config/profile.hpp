// The embedded configurations, so that a boot needs no file at all.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "nlinit/config/config.hpp"

namespace nlinit::config {

inline constexpr std::string_view kDefaultProfile = "arcbox";
inline constexpr std::array<std::string_view, 3> kProfileNames{"arcbox", "minimal", "none"};

// "arcbox": a read-only image that serves Docker. "minimal": kernel filesystems, a writable /run and /tmp, and the
// network. "none": nothing but what file and command line ask for.
[[nodiscard]] std::optional<Config> profile(std::string_view name);

}  // namespace nlinit::config
