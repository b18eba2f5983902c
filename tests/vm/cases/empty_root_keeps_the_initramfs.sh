# SPDX-License-Identifier: Apache-2.0
# A disk that holds a filesystem and no root: that is said, and the initramfs boots on.
only amd64
VM_MODULES+=,ext4
disk empty
tune2fs -L empty "$folder/empty.ext4" >/dev/null
boot "root=LABEL=empty rw ip=off nlinit.on_exit=poweroff loglevel=7 -- /sbin/payload --exit 7" "${DISK[@]}"
expect 'nlinit: .*it has neither a directory /proc nor /sbin/payload, so it is no root; the initramfs stays'
expect '^mount +/ rootfs rootfs '
expect '^payload: exit 7$'
expect 'reboot: Power down'
