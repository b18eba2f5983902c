// What the files say that nlinit writes on its own account.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/net/address.hpp"

namespace nlinit::boot {

inline constexpr std::string_view kHostsPath = "/etc/hosts";
inline constexpr std::string_view kResolvConfPath = "/etc/resolv.conf";
// Stands in /etc/hosts when the kernel has no name, or "(none)", which it boots with.
inline constexpr std::string_view kFallbackHostname = "arcbox";

// hosts(5): localhost in both families, and the guest's own name on 127.0.1.1, as Debian has it.
[[nodiscard]] std::string hosts_content(std::string_view hostname);
// resolv.conf(5): a search line when there are domains, then a line each name server.
[[nodiscard]] std::string resolv_conf_content(const std::vector<Ipv4Address>& name_servers,
                                              const std::vector<std::string>& search_domains);

}  // namespace nlinit::boot
