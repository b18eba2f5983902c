# SPDX-License-Identifier: Apache-2.0
# Disk and NIC on virtio-mmio, as Firecracker has them: PCI stays empty. Debian's kernel finds such devices in a device
# tree, which amd64 has not; there it would have to take virtio_mmio.device= (VIRTIO_MMIO_CMDLINE_DEVICES).
only arm64
VM_MODULES=virtio_mmio,virtio_blk,virtio_net,erofs
boot "root=/dev/vda rootfstype=erofs ro nlinit.on_exit=reboot" \
    -drive if=none,id=root,file=root.erofs,format=raw,readonly=on -device virtio-blk-device,drive=root \
    -netdev user,id=net0 -device virtio-net-device,netdev=net0
expect '^mount +/ erofs /dev/vda ro'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
expect '^payload: exit 42$'
expect 'reboot: Restarting system'
