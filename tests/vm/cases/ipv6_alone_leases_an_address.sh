# SPDX-License-Identifier: Apache-2.0
# The same where the router says that addresses are managed (M): dnsmasq leases one by DHCPv6, and with it the name
# servers; the way out is the router's. At the end the lease is given back, and that is answered.
busybox
# shellcheck source=/dev/null
source scripts/lib/vm_network.sh
vm_network
vm_dnsmasq --enable-ra --dhcp-range=2001:db8:6::50,2001:db8:6::50,64,1h --dhcp-leasefile="$PWD/$folder/leases" \
    --dhcp-option="option6:dns-server,[$VM_ROUTER]" --log-dhcp
vm_web "the network answers"
config <<'TOML'
[network]
timeout = "20s"
[network.dhcp]
release = true
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
busybox sed "s/^/resolv.conf: /" /etc/resolv.conf
busybox wget -q -O - http://server.test/ | busybox sed "s/^/http: /"
exit 42
"""
[payload]
command = ["/bin/busybox", "sh", "/look"]
env = { PATH = "/bin" }
TOML
LEVEL="loglevel=7"
boot "" "${VM_TAP[@]}"
expect 'nlinit: network: eth0 2001:db8:6::50/128 via fe80::'
expect '^resolv.conf: nameserver 2001:db8:6::1$'
expect '^http: the network answers$'
refuse '^ip: .*inet [0-9]'
refuse 'answered RELEASE'
expect 'ended with status 42'
grep -q 'DHCPRELEASE(tap0)' "$folder/dnsmasq.log" || wrong+=("the server has heard no RELEASE; see $folder/dnsmasq.log")
