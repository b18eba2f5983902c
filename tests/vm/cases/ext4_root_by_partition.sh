# SPDX-License-Identifier: Apache-2.0
# A root on the second partition of a disk: by its name, which this kernel does not tell of itself; as the one after
# another; by its number.
once
config <<'TOML'
profile = "minimal"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
vm_root() {
    tree_of_root "$1" "$2"
    truncate -s 32M "$1/part.ext4"
    mkfs.ext4 -q -F -d "$1/root" "$1/part.ext4"
    truncate -s 40M "$1/disk.gpt"
    printf '%s\n' 'label: gpt' 'start=2048, size=2048, name=other, uuid=0c0ffee0-0000-4000-8000-000000000001' 'start=4096, size=65536, name=system' |
        sfdisk -q "$1/disk.gpt"
    dd if="$1/part.ext4" of="$1/disk.gpt" bs=1M seek=2 conv=notrunc status=none
}
roots=(PARTLABEL=system PARTUUID=0C0FFEE0-0000-4000-8000-000000000001/PARTNROFF=1 fe02)
[[ $VM_ARCH == amd64 ]] || roots=(PARTLABEL=system) # they are the same everywhere, and emulated
for root in "${roots[@]}"; do
    boot "root=$root rootfstype=auto rw ip=off" \
        -drive if=none,id=disk,file=disk.gpt,format=raw -device virtio-blk-pci,drive=disk
    expect '^mount +/ ext4 /dev/vda2 rw'
    expect '^root +writable$'
    expect '^payload: exit 42$'
    expect 'reboot: Power down'
    dd if="$folder/disk.gpt" of="$folder/part.after" bs=1M skip=2 count=32 status=none
    fsck.ext4 -fn "$folder/part.after" >"$folder/fsck.log" 2>&1 || wrong+=("fsck finds faults after the boot")
done
