# SPDX-License-Identifier: Apache-2.0
# A machine whose only network is IPv6: its address and its way out are what the router of the host advertises.
config <<'TOML'
[network]
timeout = "20s"
[[network.interface]]
match = "primary"
method = "none"
ipv6 = "auto"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
LEVEL="loglevel=7"
boot "" -netdev user,id=net0,ipv4=off,ipv6=on,ipv6-prefix=2001:db8:5::,ipv6-prefixlen=64 \
    -device virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:12:34:56
expect 'nlinit: network: eth0 2001:db8:5:0:5054:ff:fe12:3456/64 via fe80::2'
refuse 'the boot goes on'
refuse '^address +eth0 [0-9]'
expect '^payload: exit 42$'
