// Settings of the kernel below /proc/sys, named as sysctl(8) and sysctl.d(5) name them.
#pragma once

#include <string_view>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// "net.ipv4.ip_forward" → /proc/sys/net/ipv4/ip_forward; a slash separates as a dot does, so that an interface name
// with a dot can be written (sysctl(8)). A part with *, ? or [ stands for each that it matches now, "all" and "default"
// among them (sysctl.d(5)); the first failure is given back, after all have been tried. Refuses "..".
[[nodiscard]] Result<> write_sysctl(std::string_view key, std::string_view value);

// The same for a number that is to be at least so much: what is higher stays, and what is below 0, where a sysctl has a
// meaning of its own for that. In a container what is the whole machine's stays as well.
[[nodiscard]] Result<> raise_sysctl(std::string_view key, std::string_view value);

}  // namespace nlinit::sys
