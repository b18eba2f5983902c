# SPDX-License-Identifier: Apache-2.0
# A share and a disk fall silent when the end of the machine begins, with data of the payload's that has not been written:
# what does not answer is named, and costs the end its time at most; the other disk is clean.
once
# shellcheck source=/dev/null
source tests/vm/silence.sh
busybox
disk data
silent_disk dead
silent_share share
VM_MODULES=virtio_pci,virtio_blk,virtio_net,virtiofs,ext4
vm_has_keyboard
config <<TOML
[system]
report = "/Users/boot.json"
[network]
timeout = "5s"
[network.dhcp]
lease_file = "/dead/lease/%i"
release = true
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[[mount]]
source = "/dev/vdb"
target = "/dead"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
trap 'ended=1' TERM
for place in Users data dead; do busybox dd if=/dev/zero of=/\$place/file bs=64k count=16 2> /dev/null; done
busybox mkfifo /run/never
echo payload runs
until [ \$ended ]; do read line < /run/never; done
"""]
stop_timeout = "2s"
[shutdown]
timeout = "8s"
TOML
LIMIT=240
vm_line() {
    case $1 in
        'payload runs') vm_monitor 'sendkey ctrl-alt-delete' ;;
        *'boot: signal 2'*) silence ;;
        *'nlinit: shutdown: '[ph]* | *'nlinit: shutdown: reboot'*) no_more_silence ;;
    esac
}
boot "loglevel=8 nlinit.log=debug" "${DISK[@]}" "${DEAD[@]}" "${SHARE[@]}" "${NIC[@]}" "${VM_KEYBOARD[@]}"
expect 'dhcp: eth0: .*lease of 10\.0\.2\.15 ended'
expect_within 12000 'boot: signal 2' 'shutdown: reboot'
for hung in '/Users \(virtiofs\)' '/dead \(ext4\)'; do
    expect "mount: (sync|unmount) $hung: no answer in time; it is left as it is"
done
expect_clean data
