# SPDX-License-Identifier: Apache-2.0
# What is written over a read-only root lands on a disk, is there at the next boot, and leaves the disk clean. With the
# profile that shares the root: below a shared mount the layers could not be moved to where they are looked at.
once
VM_MODULES+=,overlay
config <<'TOML'
profile = "arcbox"
[root]
overlay = "LABEL=changes"
overlay_type = "ext4"
[payload]
command = ["/sbin/payload", "--keep", "/srv/kept", "--exit", "42"]
TOML
DISK=(-drive if=none,id=disk,file=disk.ext4,format=raw -device virtio-blk-pci,drive=disk)
truncate -s 32M "$folder/disk.ext4"
mkfs.ext4 -q -F -L changes "$folder/disk.ext4"
for boot_number in 1 2; do
    boot "root=/dev/vda rootfstype=erofs ip=off" "${ROOT[@]}" "${DISK[@]}"
    expect '^mount +/ overlay overlay rw.* shared:'
    expect '^mount +/run/nlinit/root/upper ext4 /dev/vdb '
    expect '^mount +/run/nlinit/root/lower erofs /dev/vda '
    refuse 'nlinit: .*(move|pivot|overlay)'
    expect "^kept +$boot_number\$"
    expect '^payload: exit 42$'
    expect 'reboot: Power down'
    tune2fs -l "$folder/disk.ext4" | grep -Eq '^Filesystem state: +clean$' || wrong+=("boot $boot_number leaves it dirty")
    tune2fs -l "$folder/disk.ext4" | grep -q needs_recovery && wrong+=("boot $boot_number leaves a journal to replay")
    fsck.ext4 -fn "$folder/disk.ext4" >"$folder/fsck.log" 2>&1 || wrong+=("fsck finds faults after boot $boot_number")
done
