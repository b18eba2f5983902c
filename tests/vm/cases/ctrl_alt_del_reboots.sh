# SPDX-License-Identifier: Apache-2.0
# The keys reach PID 1 as SIGINT: an orderly reboot, not a reset. The payload waits for ever.
config <<'TOML'
[network]
wait = false
[payload]
command = ["/sbin/payload", "--wait-addresses", "1"]
stop_timeout = "1s"
TOML
vm_line() {
    if [[ $1 == *'payload: waiting for addresses'* ]]; then vm_monitor 'sendkey ctrl-alt-delete'; fi
}
vm_has_keyboard
boot "loglevel=7" "${VM_KEYBOARD[@]}"
expect 'nlinit: '
refuse '^payload: exit'
expect 'reboot: Restarting system'
