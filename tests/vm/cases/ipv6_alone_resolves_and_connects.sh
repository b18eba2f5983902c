# SPDX-License-Identifier: Apache-2.0
# A machine without any IPv4: address and way out by what radvd advertises, name servers and search domain likewise (RDNSS,
# DNSSL). A name is resolved, and a connection of TCP made from inside.
busybox
# shellcheck source=/dev/null
source scripts/lib/vm_network.sh
vm_network
vm_radvd "prefix 2001:db8:6::/64 { }; RDNSS $VM_ROUTER { }; DNSSL test { };"
vm_dnsmasq
vm_web "the network answers"
config <<'TOML'
[network]
timeout = "20s"
[[network.interface]]
match = "primary"
method = "none"
ipv6 = "auto"
[[file]]
path = "/look"
mode = "0755"
content = """
#!/bin/busybox sh
busybox ip address show dev eth0 | busybox sed "s/^/ip: /"
busybox ip -6 route show dev eth0 | busybox sed "s/^/route: /"
busybox sed "s/^/resolv.conf: /" /etc/resolv.conf
busybox nslookup server.test | busybox sed "s/^/nslookup: /"
busybox wget -q -O - http://server/ | busybox sed "s/^/http: /"
exit 42
"""
[payload]
command = ["/bin/busybox", "sh", "/look"]
env = { PATH = "/bin" }
TOML
LEVEL="loglevel=7"
boot "" "${VM_TAP[@]}"
expect 'nlinit: network: eth0 2001:db8:6:0:5054:ff:fe12:3456/64 via fe80::[0-9a-f:]+, dns 2001:db8:6::1'
expect '^route: default via fe80::[0-9a-f:]+ dev eth0'
expect '^resolv.conf: search test$'
expect '^resolv.conf: nameserver 2001:db8:6::1$'
expect '^nslookup: Address:? ?[0-9:]* ?2001:db8:6::1$'
expect '^http: the network answers$'
refuse '^ip: .*inet [0-9]'
refuse "can't find"
refuse 'the boot goes on'
expect 'ended with status 42'
