// SPDX-License-Identifier: Apache-2.0
// What values look like, in the file and on the kernel command line alike. Every parser takes the whole text or
// nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/net/address.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::config {

inline constexpr std::uint16_t kMinMtu = 68;  // RFC 791, 3.2: what every module must be able to forward
// The kernel counts nanoseconds since 1970 in 63 bits: until the year 2262.
inline constexpr std::int64_t kMaxEpoch = 9'223'372'035;

// "500ms", "6s", "2min", up to a day.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);  // in the largest unit that fits
// Octal, as for chmod(1): "0644".
[[nodiscard]] std::optional<std::uint32_t> parse_mode(std::string_view text);
[[nodiscard]] std::string mode_text(std::uint32_t mode);
[[nodiscard]] std::optional<std::uint32_t> parse_umask(std::string_view text);  // the same, of permissions alone
inline constexpr std::int16_t kMaxOomScoreAdj = 1000;                           // and least: -1000
inline constexpr std::uint32_t kMaxUmask = 0777;

// A host name of hostname(7); an underscore is let through, since sethostname(2) does.
[[nodiscard]] std::optional<std::string> parse_hostname(std::string_view text);
// The same for a name in a resolver's search list, which may be longer.
[[nodiscard]] std::optional<std::string> parse_domain(std::string_view text);
// The name of a module, with parameters for it after spaces: "virtio_net napi_tx=0".
[[nodiscard]] std::optional<std::string> parse_module(std::string_view text);
// A name, a glob, or a MAC address, the latter in the form that MacAddress prints; "primary" is such a name.
[[nodiscard]] std::optional<std::string> parse_interface_match(std::string_view text);
// The MAC address of one host, which the kernel lets a NIC have: neither a group's nor zero (IEEE 802).
[[nodiscard]] std::optional<MacAddress> parse_station(std::string_view text);
// Names with dots or slashes between them, none of them empty, so that none is "..". As in sysctl.d(5), a name may have
// *, ? and [ ], and a '-' before the first says that a failure is fine. Every spelling becomes one, with dots: of
// "net/ipv4/conf/eth0.1/x" and of a path below /proc/sys "net.ipv4.conf.eth0/1.x".
[[nodiscard]] std::optional<std::string> parse_sysctl_key(std::string_view text);
// The name of a user or group, or its number: what a line of passwd(5) can have before its first colon.
[[nodiscard]] std::optional<std::string> parse_account(std::string_view text);
// "www", "1000", "www:users", "1000:1000".
[[nodiscard]] std::optional<std::string> parse_user(std::string_view text);
// The type of a mount, or several with commas between them; "auto" alone is none, as for mount(8).
[[nodiscard]] std::optional<std::string> parse_type(std::string_view text);
// An absolute path below /dev.
[[nodiscard]] std::optional<std::string> parse_device(std::string_view text);
// "SIGTERM", "TERM", "term", "15", "SIGRTMIN+3": its number. Small letters are taken too, as
// container runtimes take them: an image's StopSignal stands there as its author wrote it.
[[nodiscard]] std::optional<int> parse_signal(std::string_view text);
[[nodiscard]] std::string signal_name(int number);  // "SIGTERM", "SIGRTMIN+3"
// What may stand before the '=' of a variable: neither empty nor with '=' or NUL.
[[nodiscard]] bool is_variable_name(std::string_view name) noexcept;

// Option 61: hexadecimal pairs with colons between them, type byte first, or text, which gets type 0 (RFC 2132 9.14).
// "none" is empty: the option is not to be sent.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> parse_client_id(std::string_view text);
// Text of an option that the kernel's log may show: printable, 1 to 254 bytes.
[[nodiscard]] std::optional<std::string> parse_option_text(std::string_view text);
// The number of an option that a client may ask for.
inline constexpr std::uint8_t kFirstOptionCode = 1, kLastOptionCode = 254;  // between pad and end
[[nodiscard]] std::optional<std::uint8_t> parse_option_code(std::string_view text);

// Of either family; parse_ipv4_host: of IPv4.
[[nodiscard]] std::optional<IpAddress> parse_host_address(std::string_view text);
[[nodiscard]] std::optional<Ipv4Address> parse_ipv4_host(std::string_view text);
// "10.0.0.2/24", "2001:db8::2/64": a host's address, of IPv4 not its network's nor its broadcast address; the length is
// never guessed.
[[nodiscard]] std::optional<InterfaceAddress> parse_interface_address(std::string_view text);
// "10.0.0.0/8", but neither everything nor half of it: that is what a default route is for.
[[nodiscard]] std::optional<Prefix> parse_part_of_everything(std::string_view text);
// Of IPv4 with the broadcast address that goes with the prefix.
[[nodiscard]] InterfaceAddress interface_address(const IpAddress& local, std::uint8_t prefix_length);
// The network or broadcast address of its own network, which no host has (RFC 1122 3.2.1.3); IPv6 has neither.
[[nodiscard]] bool is_edge_of_network(const InterfaceAddress& address) noexcept;
// Why a gateway is none: it is such an address of a network that the interface has an address in, and the kernel takes
// no route by it. Empty: it can be one.
[[nodiscard]] std::string fault_of_gateway(const IpAddress& gateway, const std::vector<InterfaceAddress>& addresses);

}  // namespace nlinit::config
