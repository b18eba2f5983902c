# SPDX-License-Identifier: Apache-2.0
# Two NICs get their leases at the same time; the second has an address and no default route.
once
config <<'TOML'
[network]
timeout = "10s"
[[network.interface]]
match = "primary"
method = "dhcp"
[[network.interface]]
match = "eth1"
method = "dhcp"
default_route = false
[payload]
command = ["/sbin/payload", "--wait-addresses", "2", "--exit", "42"]
TOML
boot "" "${NIC[@]}" "${NIC2[@]}"
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^address +eth1 10\.0\.3\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
refuse '^route +default .* dev eth1 '
expect '^payload: exit 42$'
