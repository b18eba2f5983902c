// Routers asked to say what they have to say (RFC 4861 4.1): where the kernel, which asks when a link comes up, has no
// reason to.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::netlink {

// From the link's link-local address, which must be there. It takes CAP_NET_RAW.
[[nodiscard]] Result<> solicit_routers(LinkIndex link);

}  // namespace nlinit::netlink
