# SPDX-License-Identifier: Apache-2.0
# The host's virtiofsd is stopped: whoever asks it for anything waits uninterruptibly, first the payload and then what
# syncs the share at the end. The machine ends all the same, in time, and its disk is clean.
once
disk data
VM_MODULES+=,ext4
vm_has_keyboard
config <<'TOML'
profile = "none"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
required = true
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[payload]
command = ["/sbin/payload"]
stop_timeout = "1s"
[shutdown]
reboot = "poweroff"
timeout = "12s"
TOML
mkdir "$folder/share"
vm_share "$folder" share
# signal_daemon SIGNAL: to virtiofsd, a process below the job that started it.
signal_daemon() {
    local daemons
    mapfile -t daemons < <(pgrep -P "${VM_JOBS[0]}")
    kill -"$1" "${VM_JOBS[0]}" "${daemons[@]}"
}
stopped=''
vm_line() {
    case $1 in
        *'nlinit: payload: started'*)
            signal_daemon STOP
            stopped=$SECONDS
            ;;
        'ca '*) vm_monitor 'sendkey ctrl-alt-delete' ;; # the payload's last line before it looks at the share
        *'nlinit: shutdown: poweroff'*)
            # QEMU itself waits for its virtiofsd when the kernel shuts the device down. Up to here nothing has.
            ((SECONDS - stopped < 30)) || wrong+=('the end took too long')
            signal_daemon CONT
            ;;
    esac
}
boot "loglevel=7" "${DISK[@]}" "${VM_SHARE[@]}" "${VM_KEYBOARD[@]}"
[[ -n $stopped ]] || wrong+=('the payload did not start')
expect 'nlinit: shutdown: did not even end when killed: payload \([0-9]+\)$'
expect 'nlinit: mount: sync /Users \(virtiofs\): no answer in time; it is left as it is'
expect '1 filesystems made read-only'
expect 'nlinit: shutdown: poweroff instead of reboot, as configured'
expect 'reboot: Power down'
expect_clean data
