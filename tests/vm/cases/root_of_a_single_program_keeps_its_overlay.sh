# SPDX-License-Identifier: Apache-2.0
# What such an image writes to an overlay on a disk is there after the next boot.
once
VM_MODULES+=,overlay,ext4
vm_root() {
    rm -rf "$1/root"
    install -D "$VM_BUSYBOX" "$1/root/busybox"
    mkfs.erofs --quiet -T0 --all-root "$1/root.erofs" "$1/root"
}
disk upper
for visit in 1 2; do
    boot "root=/dev/vda rootfstype=erofs ro ip=off nlinit.overlay=/dev/vdb:ext4 \
        -- /busybox sh -c \"echo visit >>/visits; /busybox wc -l /visits\"" "${ROOT[@]}" "${DISK[@]}"
    expect "^$visit /visits"
    expect_clean upper
done
