# SPDX-License-Identifier: Apache-2.0
# Without ACPI the kernel can only halt where it is asked to power off, and a halted VM never ends: PID 1 knows, and
# reboots, as Firecracker wants it. What the user says counts more.
# Elsewhere it is not ACPI that powers off.
only amd64
config <<'TOML'
profile = "none"
[payload]
command = ["/sbin/payload"]
TOML
vm_line() {
    if [[ $1 == *'System halted'* ]]; then vm_monitor quit; fi
}
boot "loglevel=7 acpi=off"
expect 'reboot instead of poweroff, for which the kernel has no way here'
expect 'reboot: Restarting system'
boot "loglevel=7 acpi=off nlinit.poweroff=poweroff"
expect 'nlinit: shutdown: poweroff$'
expect 'reboot: (Power off not available: )?System halted'
