# SPDX-License-Identifier: Apache-2.0
# A VLAN that the kernel command line asks for, on a NIC that has another name by then. The module is not asked for: it
# is loaded when the kernel does not know VLANs. In a real kernel, for that of whoever runs the other tests may have
# none.
once
VM_SPARE_MODULES=8021q
config <<'TOML'
profile = "minimal"
[payload]
command = ["/sbin/payload", "--no-share", "--wait-addresses", "1", "--exit", "42"]
TOML
boot "ifname=wan0:52:54:00:12:34:56 vlan=wan0.7:wan0 ip=10.7.0.2::10.7.0.1:24::wan0.7:none:10.7.0.53" \
    -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:12:34:56
expect '^address +wan0\.7 10\.7\.0\.2/24$'
expect '^route +default via 10\.7\.0\.1 dev wan0\.7 '
refuse '^address +wan0 '
refuse 'nlinit: (net|config|network): '
expect '^payload: exit 42$'
expect 'reboot: Power down'
