# SPDX-License-Identifier: Apache-2.0
# The overlay over a root that the kernel has mounted: what the payload writes below / is there, and the root is as before.
once
no_initramfs
VM_MODULES+=,overlay
config <<'TOML'
[root]
overlay = "tmpfs"
[payload]
command = ["/sbin/payload", "--keep", "/srv/kept", "--exit", "42"]
on_exit = "poweroff"
TOML
boot "init=/sbin/nlinit root=/dev/nvme0n1 rootfstype=ext4 ro rootwait" "${NVME_ROOT[@]}" "${NIC[@]}"
expect '^mount +/ overlay overlay rw'
expect '^mount +/run/nlinit/root/lower ext4 /dev/(root|nvme0n1) ro'
expect '^mount +/run/nlinit/root/upper tmpfs '
expect '^root +writable$'
expect '^kept +1$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^payload: exit 42$'
expect 'reboot: Power down'
