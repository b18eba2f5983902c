# SPDX-License-Identifier: Apache-2.0
# A share and a disk that never answer, from before the disk's driver looks at it and from before anything is looked for
# behind the share, and most kinds of paths lead there: each costs its limit, then the boot goes on, a lease is confirmed,
# orphans are reaped, the end has its time, and the other disk is clean.
once
# shellcheck source=/dev/null
source tests/vm/silence.sh
busybox
disk data
e2label "$folder/data.ext4" data
silent_disk dead
silent_share share
VM_MODULES=virtio_pci,virtio_blk,virtio_net,virtiofs,ext4
vm_more_files() {
    install -D "$VM_BUSYBOX" "$1/bin/busybox"
    mkdir "$1/srv"
    ln -s /Users/resolv.conf "$1/etc/resolv.conf"
}
vm_has_keyboard
config <<TOML
[system]
report = "/Users/boot.json"
[network.dhcp]
lease_file = "/Users/lease/%i"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[[mount]]
source = "LABEL=other"
target = "/other"
[[mount]]
source = "LABEL=data"
target = "/data"
type = "ext4"
[[mount]]
source = "/dev/vdb"
target = "/dead"
type = "ext4"
[[mount]]
source = "tmpfs"
target = "/Users/in"
type = "tmpfs"
[[mount]]
source = "/Users/source"
target = "/srv"
options = "bind"
[[symlink]]
path = "/run/link"
target = "/Users/in"
if_exists = true
[[file]]
path = "/Users/file"
content = "x"
[[directory]]
path = "/Users/directory"
[payload]
command = ["/bin/busybox", "sh", "-c", """
$ORPHAN
echo payload runs
busybox mkfifo /run/never
read line < /run/never
"""]
stop_timeout = "1s"
[shutdown]
timeout = "8s"
TOML
LIMIT=240
vm_line() {
    case $1 in
        *'load module virtio_pci: done'*) kill -STOP "${SERVERS[0]}" ;; # the disk's
        *'boot: mount users on /Users: done'*) silence ;;               # while disks are asked for a label
        'payload runs') vm_monitor 'set_link net0 off' ;;
        *'BOUND -> WAITING-FOR-LINK'*) vm_monitor 'set_link net0 on' ;;
        *'REBOOTING -> BOUND'*) vm_monitor 'sendkey ctrl-alt-delete' ;;
        *'nlinit: shutdown: '[ph]* | *'nlinit: shutdown: reboot'*) no_more_silence ;;
    esac
}
boot "loglevel=8 nlinit.log=debug" "${DISK[@]}" "${DEAD[@]}" "${SHARE[@]}" "${NIC[@]}" "${VM_KEYBOARD[@]}"
expect 'load module virtio_blk: no answer within 10 s'
expect '/dev/vdb does not answer, and is not looked at again'
expect 'mount LABEL=data on /data: done'
expect 'mount /dev/vdb on /dead: left out, since /dev/vdb does not answer'
expect 'mount tmpfs on /Users/in: nobody answers; the boot goes on'
for step in 'mount /Users/source on /srv' 'write /Users/file' 'make directory /Users/directory'; do
    expect "$step: left out, since nobody answers behind /Users"
done
expect 'link /run/link to /Users/in: left out, since nobody answers behind /Users'
expect 'eth0: write lease file /Users/lease/eth0: no answer within 5 s'
expect 'write /etc/resolv.conf: no answer within 5 s'
expect '^orphan reaped$'
expect 'REBOOTING -> BOUND'
expect_within 35000 'take over the signals' 'payload: started' # 10 + 3 + 5 + 5 + 5 s, and a boot
expect_within 11000 'boot: signal 2' 'shutdown: reboot'
expect 'mount: sync /Users \(virtiofs\): no answer in time; it is left as it is'
expect_clean data
