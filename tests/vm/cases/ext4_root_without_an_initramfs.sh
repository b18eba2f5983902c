# SPDX-License-Identifier: Apache-2.0
# The kernel mounts the root itself and starts init= from it, without a /dev yet, so also without a console: nlinit opens
# that later. The modules of the other devices lie on the root.
no_initramfs
boot "init=/sbin/nlinit root=/dev/nvme0n1 rootfstype=ext4 ro rootwait" "${NVME_ROOT[@]}" "${NIC[@]}"
expect '^mount +/ ext4 /dev/(root|nvme0n1) ro'
expect '^root +read-only$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
expect '^payload: exit 42$'
expect 'reboot: Power down'
