# SPDX-License-Identifier: Apache-2.0
# A kernel that is told to have no IPv6 (ipv6.disable=1): one sentence, and IPv4 as ever. What requires it is an error,
# for which nobody waits, since it can never come.
once
config <<'TOML'
[network]
timeout = "20s"
[[network.interface]]
match = "eth0"
ipv6_required = true
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot "ipv6.disable=1" "${NIC[@]}"
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
expect 'nlinit: net: this kernel has no IPv6: there is no /proc/sys/net/ipv6'
expect 'eth0: no IPv6: this kernel has none; the boot goes on'
refuse 'ICMPv6'
expect '^payload: exit 42$'
