# SPDX-License-Identifier: Apache-2.0
# Filesystems that are smaller than their disks: they are grown at the mount, and again when the host makes a disk larger;
# of one that is read-only, and of a partition with room behind it, it is said that it is not. The disks are named by their serial numbers, of which the kernel
# has those of virtio and of NVMe in different places. The root is what its overlay is written to.
once
busybox
VM_MODULES+=,overlay,ext4
config <<'TOML'
[root]
overlay = "SERIAL=changes"
grow = true
[[mount]]
source = "SERIAL=data 1"
target = "/tmp"
grow = true
[[mount]]
source = "SERIAL=old"
target = "/Users"
grow = true
[[mount]]
source = "PARTLABEL=part"
target = "/arcbox"
grow = true
[payload]
command = ["/bin/busybox", "sh", "-c", """
PATH=/bin
mib() { busybox df -m $1 | { read header; read device size rest; echo $size; }; }
echo sizes $(mib /) $(mib /tmp) $(mib /Users)
until [ $(mib /) -gt 80 ]; do busybox usleep 100000; done
echo grown
exit 42
"""]
TOML
for name in changes data old; do
    mkfs.ext4 -q "$folder/$name.ext4" 16M
    truncate -s 48M "$folder/$name.ext4"
done
truncate -s 64M "$folder/part.gpt"
echo 'start=2048, size=65536, name=part' | sfdisk -q -X gpt "$folder/part.gpt"
mkfs.ext4 -q -F -E offset=1048576 "$folder/part.gpt" 32M
vm_line() {
    [[ $1 != sizes* ]] || vm_monitor 'block_resize changes 96M'
}
boot "loglevel=7 root=/dev/vda rootfstype=erofs ip=off" "${ROOT[@]}" \
    -drive if=none,id=changes,file=changes.ext4,format=raw -device virtio-blk-pci,drive=changes,serial=changes \
    -drive if=none,id=data,file=data.ext4,format=raw -device "nvme,serial=data 1,drive=data" \
    -drive if=none,id=old,file=old.ext4,format=raw,readonly=on -device virtio-blk-pci,drive=old,serial=old \
    -drive if=none,id=part,file=part.gpt,format=raw -device virtio-blk-pci,drive=part
expect '^sizes 4[0-9] 4[0-9] 1[0-9]$'
expect 'nlinit: boot: grow the filesystem on /Users: ext4: Read-only file system'
expect 'nlinit: mount: /tmp has grown to 4[0-9] MiB'
expect 'nlinit: boot: grow the filesystem on /arcbox: behind its partition 31 MiB are free, and nlinit edits no table'
expect 'nlinit: mount: /run/nlinit/root/upper has grown to [89][0-9] MiB'
expect 'nlinit: payload: /bin/busybox ended with status 42'
expect 'reboot: Power down'
expect_clean changes
expect_clean data
