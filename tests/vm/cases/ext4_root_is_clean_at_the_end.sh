# SPDX-License-Identifier: Apache-2.0
# A writable root cannot be unmounted, and is made read-only. The payload writes to it until it is killed. The config is
# almost as long as one may be, and comes to PID 1 whole.
once
busybox
VM_MODULES+=,ext4
config <<'TOML'
profile = "none"
[payload]
command = ["/bin/busybox", "sh", "-c", """
trap '' TERM
turn=0
while :; do
    /bin/busybox dd if=/dev/zero of=/file bs=64k count=64 2>/dev/null
    turn=$((turn + 1))
    if [ $turn = 2 ]; then /bin/busybox poweroff; fi
done
"""]
stop_timeout = "1s"
TOML
head -c 1000000 /dev/zero | tr '\0' '#' >>"$folder/nlinit.toml"
vm_root "$folder" "$folder/nlinit.toml"
truncate -s 48M "$folder/root.ext4"
mkfs.ext4 -q -F -d "$folder/root" "$folder/root.ext4"
boot "loglevel=7 root=/dev/vda rootfstype=ext4 rw" -drive if=none,id=root,file=root.ext4,format=raw \
    -device virtio-blk-pci,drive=root
refuse 'no answer within'
expect 'did not end and is killed'
expect '1 filesystems made read-only'
expect 'reboot: Power down'
expect_clean root
