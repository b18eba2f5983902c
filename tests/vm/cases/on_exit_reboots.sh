# SPDX-License-Identifier: Apache-2.0
# on_exit = "reboot", the only end that Firecracker on x86 knows.
config <<'TOML'
[payload]
command = ["/sbin/payload"]
on_exit = "reboot"
TOML
boot ""
expect '^payload: exit 0$'
expect 'reboot: Restarting system'
