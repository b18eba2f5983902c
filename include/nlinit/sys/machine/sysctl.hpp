// SPDX-License-Identifier: Apache-2.0
// Settings of the kernel below /proc/sys, named as sysctl(8) and sysctl.d(5) name them.
#pragma once

#include <string_view>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// "net.ipv4.ip_forward" → /proc/sys/net/ipv4/ip_forward; a slash separates as a dot does, so that an interface name
// with a dot can be written (sysctl(8)). A part with *, ? or [ stands for each that it matches now, "all" and "default"
// among them (sysctl.d(5)); the first failure is given back, after all have been tried. Refuses "..".
[[nodiscard]] Result<> write_sysctl(std::string_view key, std::string_view value);

// Raises a number to at least this value. A higher value stays, and so does a negative one, which has a special meaning
// in some sysctls. In a container, sysctls of the whole machine stay unchanged as well.
[[nodiscard]] Result<> raise_sysctl(std::string_view key, std::string_view value);

}  // namespace nlinit::sys
