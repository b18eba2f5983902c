# SPDX-License-Identifier: Apache-2.0
# on_exit = "halt" stops the processors and leaves the machine on.
config <<'TOML'
[payload]
command = ["/sbin/payload"]
on_exit = "halt"
TOML
vm_line() {
    if [[ $1 == *'reboot: System halted'* ]]; then vm_monitor quit; fi
}
boot ""
expect '^payload: exit 0$'
expect 'reboot: System halted'
