// The text of /etc/resolv.conf (resolv.conf(5)).
#pragma once

#include <span>
#include <string>

#include "nlinit/net/address.hpp"

namespace nlinit {

// Names must be plain (see dhcp/name.hpp): a line break in one would be a directive.
[[nodiscard]] std::string resolv_conf(std::span<const Ipv4Address> name_servers,
                                      std::span<const std::string> search_domains);

}  // namespace nlinit
