# SPDX-License-Identifier: Apache-2.0
# A filesystem in a file on a disk, behind a loop device that stays with its file until it is told otherwise: as long as
# it does, the disk cannot be made read-only.
once
busybox
mkdir "$folder/content"
truncate -s 8M "$folder/content/image"
mkfs.ext4 -q -F "$folder/content/image"
truncate -s 32M "$folder/data.ext4"
mkfs.ext4 -q -F -d "$folder/content" "$folder/data.ext4"
VM_MODULES+=,ext4,loop
config <<'TOML'
profile = "none"
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
PATH=/bin
busybox losetup /dev/loop0 /data/image && busybox mkdir /image && busybox mount -t ext4 /dev/loop0 /image &&
    echo written > /image/file && echo payload: wrote
"""]
on_exit = "poweroff"
TOML
boot "loglevel=7" -drive if=none,id=data,file=data.ext4,format=raw -device virtio-blk-pci,drive=data
expect '^payload: wrote'
refuse 'mount: .*(remount|unmount|sync|free) '
expect 'reboot: Power down'
expect_clean data
debugfs -R "dump /image $folder/image.ext4" "$folder/data.ext4" 2>/dev/null
expect_clean image
[[ $(debugfs -R 'cat /file' "$folder/image.ext4" 2>/dev/null) == written ]] || wrong+=("the image has lost what was written")
