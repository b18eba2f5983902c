# SPDX-License-Identifier: Apache-2.0
# A NIC on a wire with nobody else: the payload starts when the network's time is over.
once
config <<'TOML'
[network]
timeout = "1s"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot "" -netdev hubport,id=net0,hubid=0 -device virtio-net-pci,netdev=net0,romfile=
refuse '^address '
expect 'nlinit: .*eth0'
expect '^payload: exit 42$'
expect 'reboot: Power down'
