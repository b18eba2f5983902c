// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/machine_duid.hpp"

#include "nlinit/sys/file/file.hpp"

namespace nlinit::dhcp_io {

dhcp6::Duid machine_duid(const MacAddress& mac, const std::string& uuid_file) {
    constexpr std::size_t kTextSize = 36, kMostRead = 64;
    const auto text = sys::read_file(uuid_file, kMostRead);
    if (text.ok()) {
        if (const auto duid = dhcp6::Duid::of_uuid(text->substr(0, kTextSize))) return *duid;
    }
    return dhcp6::Duid::of_link_layer(mac);
}

}  // namespace nlinit::dhcp_io
