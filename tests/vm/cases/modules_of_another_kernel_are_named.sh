# SPDX-License-Identifier: Apache-2.0
# Modules that were built for another kernel, and no list: the first is named with its file, no other is tried, and the
# machine boots on.
once
VM_MODULES='' VM_SPARE_MODULES=vm
cp -r "$VM_KERNEL" "$folder/kernel"
# Without their signature, which would be wrong. Behind the version is what a kernel compares whatever its version.
find "$folder/kernel/lib/modules" -path '*virtio*.ko' -exec strip --strip-debug {} + \
    -exec env LC_ALL=C sed -i 's/\(vermagic=[^ ]* \)S/\1X/' {} +
vm_initramfs() {
    "$VM_TOOL" initramfs --init "$VM_NLINIT" --modules-from "$folder/kernel" --config "$folder/nlinit.toml" \
        --add "/sbin/payload=$VM_PAYLOAD" | gzip -1 >"$1/initramfs.cpio.gz"
}
boot "ip=off" "${NIC[@]}" -device virtio-rng-pci
expect 'nlinit: .*module virtio_[a-z_]+: /lib/modules/.*\.ko was built for another kernel'
expect 'nlinit: .*modules by device: none but virtio_[a-z_]+ is tried'
(($(grep -c 'was built for another kernel' "$folder/serial.log") == 1)) || wrong+=("more than one is named")
expect '^payload: exit 42$'
expect 'reboot: Power down'
