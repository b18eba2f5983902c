# SPDX-License-Identifier: Apache-2.0
# A signal that kills any other process: PID 1 says so and reboots as its payload's end would, instead of a panic.
busybox
config <<'TOML'
profile = "none"
[payload]
command = ["/bin/busybox", "sh", "-c", "/bin/busybox kill -SEGV 1; while :; do /bin/busybox sleep 100; done"]
on_exit = "reboot"
TOML
boot "loglevel=7"
expect 'nlinit: crash: SIGSEGV, sent by process [0-9]+'
expect 'reboot: Restarting system'
