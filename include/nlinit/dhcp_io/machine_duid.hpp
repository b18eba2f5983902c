// SPDX-License-Identifier: Apache-2.0
// Whom DHCPv6 servers know this machine by.
#pragma once

#include <string>

#include "nlinit/dhcp6/duid.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp_io {

inline constexpr const char* kProductUuid = "/sys/class/dmi/id/product_uuid";

// DUID-UUID of the UUID that the machine's maker, or its hypervisor, has given it (SMBIOS); where there is none, or
// root alone may read it, DUID-LL of this link. Either is the same at the next boot, whatever disk is there.
[[nodiscard]] dhcp6::Duid machine_duid(const MacAddress& mac, const std::string& uuid_file = kProductUuid);

}  // namespace nlinit::dhcp_io
