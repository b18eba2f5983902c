# SPDX-License-Identifier: Apache-2.0
# A payload of an unprivileged user's that fills /tmp and /dev/shm, and then takes memory until there is none: each time
# it is killed in its cgroup, which is said, and started again, and no kernel panics.
once
VM_MODULES+=,overlay
vm_more_files() { install -D "$VM_BUSYBOX" "$1/bin/busybox"; }
config <<'TOML'
[network]
wait = false
[payload]
command = ["/bin/busybox", "sh", "-c", """
for place in /tmp /dev/shm; do busybox dd if=/dev/zero of=$place/file bs=1M 2>/dev/null; done
busybox df -m /tmp /dev/shm
x=xxxxxxxxxxxxxxxx
while :; do x=$x$x; done
"""]
user = "1000:1000"
restart = "on-failure"
TOML
kills=0
vm_line() {
    [[ $1 == *'killed for memory'* ]] || return 0
    kills=$((kills + 1))
    if ((kills == 3)); then vm_monitor 'sendkey ctrl-alt-delete'; fi
}
vm_has_keyboard
LIMIT=120
boot "loglevel=7 root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${VM_KEYBOARD[@]}"
expect 'payload: /bin/busybox ended with status 137: killed by SIGKILL; it was killed for memory, of which it may have [0-9]+M'
expect '(tmpfs|shm) .* 0 +100% /(tmp|dev/shm)'
refuse 'Kernel panic|deadlocked on memory'
((kills >= 3)) || wrong+=("the payload was killed $kills times")
expect 'reboot: Restarting system'
