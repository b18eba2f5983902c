// SPDX-License-Identifier: Apache-2.0
// What the options of a server's answer say. What is of no use is ignored, left out or cut, and a remark says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "nlinit/dhcp/option.hpp"
#include "nlinit/dhcp/remark.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {

inline constexpr std::size_t kMaxServers = 16;

// A value of a fixed size, 2 or 4 bytes. Bytes behind it are ignored, as other clients do; a shorter value is none.
[[nodiscard]] std::optional<std::uint32_t> number_in(const Options& options, OptionCode code, std::size_t size,
                                                     Remarks& remarks);
[[nodiscard]] std::optional<Ipv4Address> address_in(const Options& options, OptionCode code, Remarks& remarks);

// The whole entries of a list; what is behind them is ignored, as other clients do.
[[nodiscard]] ByteView whole_entries(const Options& options, OptionCode code, std::size_t size, Remarks& remarks);
// Those of a list of addresses that a host can have, kMaxServers at most.
[[nodiscard]] std::vector<Ipv4Address> hosts_in(const Options& options, OptionCode code, Remarks& remarks);

// At least 576, which every host must be able to take (RFC 791 3.1).
[[nodiscard]] std::optional<std::uint16_t> mtu_in(const Options& options, Remarks& remarks);

// The option is there, and something in it is of use.
[[nodiscard]] bool is_of_use(const Options& options, OptionCode code);

}  // namespace nlinit::dhcp
