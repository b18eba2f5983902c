# SPDX-License-Identifier: Apache-2.0
# A root on a share, named as dracut has it and without its type; its disks by what is written on them. No module of a
# filesystem is asked for: each is loaded when it is wanted.
only amd64
config <<'TOML'
profile = "minimal"
[[mount]]
source = "LABEL=data disk"
target = "/data"
[[mount]]
source = "PARTUUID=0c0ffee0-0000-4000-8000-000000000001/PARTNROFF=1"
target = "/part"
type = "auto"
options = "ro"
[[mount]]
target = "/"
options = "rshared"
[payload]
command = ["/sbin/payload", "--no-share", "--exit", "42"]
TOML
VM_SPARE_MODULES=$VM_MODULES,ext4
VM_MODULES=virtio_pci,virtio_blk
vm_more_files() { [[ $1 != */root ]] || vm_modules "$1"; }
disk data
tune2fs -L 'data disk' "$folder/data.ext4" >/dev/null
data=("${DISK[@]}")
truncate -s 40M "$folder/disk.gpt"
printf '%s\n' 'label: gpt' \
    'start=2048, size=2048, uuid=0c0ffee0-0000-4000-8000-000000000001' 'start=4096, size=65536' |
    sfdisk -q "$folder/disk.gpt"
disk part
dd if="$folder/part.ext4" of="$folder/disk.gpt" bs=1M seek=2 conv=notrunc status=none
tree_of_root "$folder" "$folder/nlinit.toml"
mkdir -p "$folder/root"/{data,part}
vm_share "$folder" root
# The daemon has the tree open: it is not made anew.
vm_root() { :; }
boot "root=virtiofs:users rw ip=off" "${data[@]}" \
    -drive if=none,id=disk,file=disk.gpt,format=raw -device virtio-blk-pci,drive=disk "${VM_SHARE[@]}"
expect '^mount +/ virtiofs users rw.* shared:'
expect '^mount +/data ext4 /dev/vda rw.* shared:'
expect '^mount +/part ext4 /dev/vdb2 ro'
expect '^payload: exit 42$'
expect 'reboot: Power down'
