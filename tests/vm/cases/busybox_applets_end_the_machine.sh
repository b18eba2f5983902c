# SPDX-License-Identifier: Apache-2.0
# The image's own poweroff, reboot and halt, in a machine of their own.
once
busybox
for end in poweroff:'Power down' reboot:'Restarting system' halt:'System halted'; do
    config <<TOML
profile = "none"
[payload]
command = ["/bin/busybox", "sh", "-c", "/bin/busybox ${end%%:*}; while :; do /bin/busybox sleep 100; done"]
TOML
    vm_line() {
        if [[ $1 == *'reboot: System halted'* ]]; then vm_monitor quit; fi
    }
    boot "loglevel=7"
    expect "shutting down, to ${end%%:*}"
    expect "reboot: ${end#*:}"
done
