# SPDX-License-Identifier: Apache-2.0
# The second NIC has a fixed address, proxy ARP and no default route. It is plugged in while the payload runs, pulled
# out, and plugged in again: into another port, for the guest takes a while to let go of the first.
once
config <<'TOML'
[[network.interface]]
match = "primary"
[[network.interface]]
match = "eth1"
method = "static"
address = "10.0.9.1/24"
default_route = false
optional = true
sysctl = { proxy_arp = 1 }
[payload]
command = ["/sbin/payload", "--wait-addresses", "2", "--wait-fewer", "2", "--wait-addresses", "2", "--exit", "42"]
TOML
plugs=0
vm_line() {
    if [[ $1 == *'payload: waiting for addresses'* ]]; then
        plugs=$((plugs + 1))
        vm_monitor "device_add virtio-net-pci,id=nic$plugs,netdev=net$plugs,romfile=,bus=plug$plugs"
    elif [[ $1 == *'payload: waiting for fewer addresses'* ]]; then
        vm_monitor 'device_del nic1'
    fi
}
LIMIT=90
boot "" "${NIC[@]}" -device pcie-root-port,id=plug1,chassis=1 -netdev user,id=net1,net=10.0.9.0/24 \
    -device pcie-root-port,id=plug2,chassis=2 -netdev user,id=net2,net=10.0.9.0/24
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^address +eth1 10\.0\.9\.1/24$'
expect '^proxy_arp +1$'
expect '^route +default via 10\.0\.2\.2 dev eth0 metric 0$'
refuse '^route +default .* dev eth1 '
refuse 'the boot goes on'
((plugs == 2)) || wrong+=("the NIC did not go and come back")
expect '^payload: exit 42$'
