# SPDX-License-Identifier: Apache-2.0
# Swap on a disk that mkswap(8) has made, and on compressed memory that nlinit makes; a disk with a filesystem and a blank
# one are refused by name, and not written to. At the end it is taken out of use.
once
busybox
disk data
VM_SPARE_MODULES=zram,lzo-rle,zstd
config <<'TOML'
[[swap]]
device = "LABEL=swapspace"
priority = 5
[[swap]]
zram = "50%"
algorithm = "zstd"
priority = 100
[[swap]]
device = "SERIAL=filesystem"
[[swap]]
device = "SERIAL=blank"
[payload]
command = ["/bin/busybox", "sh", "-c", """
PATH=/bin
busybox tail -n +2 /proc/swaps | while read name type size used priority; do echo swap $name $type $size $priority; done
echo algorithm $(busybox cat /sys/block/zram0/comp_algorithm)
busybox dd if=/dev/zero of=/tmp/x bs=1M count=40 2>/dev/null
exit 42
"""]
TOML
truncate -s 32M "$folder/swap.disk" "$folder/blank.disk"
mkswap -q -L swapspace "$folder/swap.disk"
before=$(sha256sum "$folder"/{data.ext4,blank.disk})
boot "loglevel=7 ip=off" -drive if=none,id=swap,file=swap.disk,format=raw -device virtio-blk-pci,drive=swap \
    -drive if=none,id=data,file=data.ext4,format=raw -device virtio-blk-pci,drive=data,serial=filesystem \
    -drive if=none,id=blank,file=blank.disk,format=raw -device virtio-blk-pci,drive=blank,serial=blank
expect '^swap /dev/vda partition 32764 5$'
expect '^swap /dev/zram0 partition [0-9]{5,6} 100$'
expect '^algorithm .*\[zstd\]'
expect 'nlinit: boot: use swap on SERIAL=filesystem: /dev/vdb holds ext4, which swap would destroy'
expect 'nlinit: boot: use swap on SERIAL=blank: /dev/vdc holds no swap space: mkswap\(8\) makes it'
refuse 'nlinit: mount: stop using swap'
expect 'nlinit: payload: /bin/busybox ended with status 42'
expect 'reboot: Power down'
[[ $(sha256sum "$folder"/{data.ext4,blank.disk}) == "$before" ]] || wrong+=("a disk was written to that holds no swap")
