# SPDX-License-Identifier: Apache-2.0
# The machine that Firecracker makes on x86: no ACPI, no PCI, and the keyboard controller's reset (reboot=k) as its only
# end. There is no disk and no NIC, for Debian's kernel takes no virtio_mmio.device= (VIRTIO_MMIO_CMDLINE_DEVICES).
only amd64
config <<'TOML'
[network]
link_timeout = "200ms"
[payload]
command = ["/sbin/payload", "--exit", "42"]
on_exit = "reboot"
TOML
VM_MACHINE=(qemu-system-x86_64 -M "microvm,acpi=off,memory-backend=memory" -cpu max -device i8042)
boot "loglevel=7 reboot=k"
expect 'nlinit: .*payload.* 42'
expect '^payload: exit 42$'
expect 'reboot: Restarting system'
