# SPDX-License-Identifier: Apache-2.0
# A NIC that is plugged in after the payload started is configured too. The port is what PCIe can plug into.
once
config <<'TOML'
[network]
link_timeout = "200ms"
[payload]
command = ["/sbin/payload", "--wait-addresses", "1", "--exit", "42"]
TOML
vm_line() {
    if [[ $1 == *'payload: waiting for addresses'* ]]; then
        vm_monitor 'device_add virtio-net-pci,netdev=net0,romfile=,bus=plug0'
    fi
}
boot "" -device pcie-root-port,id=plug0,chassis=1 -netdev user,id=net0
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
expect '^payload: exit 42$'
expect 'reboot: Power down'
