// SPDX-License-Identifier: Apache-2.0
// What the files say that nlinit writes on its own account.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/name_server.hpp"

namespace nlinit::plan {

inline constexpr std::string_view kHostsPath = "/etc/hosts";
inline constexpr std::string_view kResolvConfPath = "/etc/resolv.conf";
inline constexpr std::string_view kHostnamePath = "/etc/hostname";

// hosts(5): localhost in both families, and the guest's own name on 127.0.1.1, as Debian has it.
[[nodiscard]] std::string hosts_content(std::string_view hostname);
// The same for a file that is there: what it says stays, and what is missing of localhost and the guest's own name
// comes after it. A line of 127.0.1.1 with one name alone is what hosts_content() writes, and so makes room.
[[nodiscard]] std::string hosts_content(std::string_view hostname, std::string_view there);
// hostname(5): the first line that is not empty and no comment; what is no host name is an error that shows it.
[[nodiscard]] Result<std::string> hostname_of(std::string_view content);
// resolv.conf(5): a search line when there are domains, then a line each name server.
[[nodiscard]] std::string resolv_conf_content(const std::vector<NameServer>& name_servers,
                                              const std::vector<std::string>& search_domains);
// Those that such a file names.
[[nodiscard]] std::vector<NameServer> name_servers_in(std::string_view resolv_conf);
// A sentence on those that glibc does not read, for it reads three (MAXNS of resolv.h); empty: it reads all.
[[nodiscard]] std::string unread_name_servers(const std::vector<NameServer>& name_servers);

}  // namespace nlinit::plan
