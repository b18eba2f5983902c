# SPDX-License-Identifier: Apache-2.0
# A machine without any virtio device, and without a list of modules, into which a NIC is plugged when the payload runs:
# the kernel tells of it, its drivers are loaded, and it has a lease. As a list they are in the plan.
once
busybox
VM_MODULES='' VM_SPARE_MODULES=vm
config <<'TOML'
[network]
link_timeout = "200ms"
[payload]
command = ["/bin/busybox", "sh", "-c", "/sbin/payload --wait-addresses 1; /init plan; exit 42"]
TOML
vm_line() {
    if [[ $1 == *'payload: waiting for addresses'* ]]; then
        vm_monitor 'device_add virtio-net-pci,netdev=net0,romfile=,bus=plug0'
    fi
}
boot "loglevel=7" -device pcie-root-port,id=plug0,chassis=1 -netdev user,id=net0
expect 'nlinit: modules: loaded virtio_pci for a device that has come'
expect 'nlinit: modules: loaded virtio_net for a device that has come'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^ +modules = \["virtio_pci", "virtio_net"\]$'
expect 'nlinit: payload: /bin/busybox ended with status 42'
expect 'reboot: Power down'
