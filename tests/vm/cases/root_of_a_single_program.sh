# SPDX-License-Identifier: Apache-2.0
# A read-only image of one program, FROM scratch, has no directory for /proc, /sys and /dev: memory is laid over it, so that
# they can be made. One that can be written has them made in it.
once
VM_MODULES+=,overlay,ext4
vm_root() {
    rm -rf "$1/root"
    install -D "$VM_PAYLOAD" "$1/root/app"
    mkfs.erofs --quiet -T0 --all-root "$1/root.erofs" "$1/root"
    [[ ! -e $1/root.ext4 ]] || return 0
    truncate -s 32M "$1/root.ext4"
    mkfs.ext4 -q -F -d "$1/root" "$1/root.ext4"
}
boot "root=/dev/vda rootfstype=erofs ro -- /app --exit 0" "${ROOT[@]}" "${NIC[@]}"
expect '^mount +/ overlay '
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^payload: exit 0$'
expect 'reboot: Power down'
refuse 'nlinit: '
boot "root=/dev/vda rootfstype=ext4 rw -- /app --exit 0" -drive if=virtio,file=root.ext4,format=raw "${NIC[@]}"
expect '^mount +/ ext4 /dev/vda rw'
expect '^payload: exit 0$'
expect_clean root
refuse 'nlinit: '
