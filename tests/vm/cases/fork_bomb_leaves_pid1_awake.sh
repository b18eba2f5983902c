# SPDX-License-Identifier: Apache-2.0
# A payload that forks for ever, in its children too, and ignores SIGTERM: its cgroup bounds it, PID 1 hears the keys.
once
config <<'TOML'
[network]
wait = false
[payload]
command = ["/sbin/payload", "--fork-for-ever"]
pids_max = 50
stop_timeout = "500ms"
TOML
vm_line() {
    if [[ $1 == *'payload: forking'* ]]; then vm_monitor 'sendkey ctrl-alt-delete'; fi
}
vm_has_keyboard
boot "loglevel=7" "${VM_KEYBOARD[@]}"
refuse 'pids.max'
expect 'nlinit: .*signal 2'
expect 'reboot: Restarting system'
