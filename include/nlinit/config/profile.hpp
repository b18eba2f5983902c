// SPDX-License-Identifier: Apache-2.0
// The embedded configurations, so that a boot needs no file at all.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "nlinit/config/config.hpp"

namespace nlinit::config {

inline constexpr std::string_view kDefaultProfile = "minimal";
inline constexpr std::array<std::string_view, 3> kProfileNames{"arcbox", "minimal", "none"};

// "arcbox": a read-only image that serves Docker; its tmpfs hide what the image has below /etc and /var. "minimal":
// any image as it is, with the kernel's filesystems, a /run in memory, and the network. "none": nothing but what file
// and command line ask for.
[[nodiscard]] std::optional<Config> profile(std::string_view name);

// The mounts and directories that a profile has besides where the root is read-only, which only the boot finds out.
[[nodiscard]] Config read_only_root_rows(std::string_view profile);

// The host name where neither config, lease nor image has one; empty: the kernel's is kept. "localhost", which systemd
// takes too, is the one name that every image resolves, even one whose /etc/hosts cannot be written.
[[nodiscard]] std::string_view fallback_hostname(std::string_view profile) noexcept;

}  // namespace nlinit::config
