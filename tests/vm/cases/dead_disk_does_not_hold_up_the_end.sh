# SPDX-License-Identifier: Apache-2.0
# A disk that takes no more writes, while the payload writes to it: what cannot be synced is named, within the time that
# there is, and the other disk is clean.
once
busybox
disk dead
dead=("${DISK[@]}")
disk data
VM_MODULES+=,ext4
vm_has_keyboard
config <<'TOML'
profile = "none"
[[mount]]
source = "/dev/vda"
target = "/dead"
type = "ext4"
[[mount]]
source = "/dev/vdb"
target = "/data"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
/bin/busybox dd if=/dev/zero of=/data/file bs=64k count=16 2>/dev/null
echo writing
turn=0
while :; do
    /bin/busybox dd if=/dev/zero of=/dead/file$turn bs=64k count=4 2>/dev/null
    turn=$((turn + 1))
    if [ $turn = 5 ]; then echo written; fi
done
"""]
stop_timeout = "1s"
[shutdown]
timeout = "8s"
TOML
vm_line() {
    case $1 in
        writing) vm_monitor 'block_set_io_throttle dead 0 0 1 0 0 0' ;; # one byte a second
        written) vm_monitor 'sendkey ctrl-alt-delete' ;;
    esac
}
boot "loglevel=7" "${dead[@]}" "${DISK[@]}" "${VM_KEYBOARD[@]}"
expect 'nlinit: mount: sync /dead \(ext4\): no answer in time; it is left as it is'
expect '1 filesystems made read-only'
expect 'nlinit: shutdown: reboot'
expect 'reboot: Restarting system'
expect_clean data
