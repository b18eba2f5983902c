// SPDX-License-Identifier: Apache-2.0
// How a root filesystem is named: in [root], and by root= and its friends on the kernel command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nlinit/config/config.hpp"

namespace nlinit::config {

inline constexpr std::string_view kWantedRootSource =
    "a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or the tag of a share";
inline constexpr std::string_view kWantedOverlaySource =
    "\"tmpfs\", a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=), or a share (virtiofs:TAG, "
    "9p:TAG)";

inline constexpr std::string_view kWantedSwapDevice =
    "a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or SERIAL=)";

// Whether the initramfs itself is to be the root, in a tmpfs: "tmpfs", "initramfs".
[[nodiscard]] bool is_root_in_memory(std::string_view source, std::string_view type) noexcept;

// The source as the config keeps it, or nothing, and then `wanted` says what it must be. A type that has no device
// takes any text.
[[nodiscard]] std::optional<std::string> parse_root_source(std::string_view text, std::string_view type,
                                                           std::string_view& wanted);
[[nodiscard]] std::optional<std::string> parse_overlay_source(std::string_view text, std::string_view type,
                                                              std::string_view& wanted);

// root=, rootfstype=, rootflags=, ro, rw, rootwait[=SECONDS] (kernel-parameters.rst) and nlinit.overlay=tmpfs or
// DEVICE[:TYPE]: each lays its value over the config, and says what the value must be when it is not that. The type
// comes before the source, which is read by it.
std::string_view lay_root(std::string_view value, Root& root);
std::string_view lay_root_type(std::string_view value, Root& root);
std::string_view lay_root_flags(std::string_view value, Root& root);
std::string_view lay_root_wait(std::string_view value, Root& root);
std::string_view lay_root_overlay(std::string_view value, Root& root);

}  // namespace nlinit::config
