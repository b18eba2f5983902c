# SPDX-License-Identifier: Apache-2.0
# A payload that is not there is an end like any other: said, and followed by what on_exit asks for.
once
config <<'TOML'
[payload]
command = ["/sbin/absent"]
on_exit = "poweroff"
TOML
boot "loglevel=7"
expect 'nlinit: .*/sbin/absent'
expect 'reboot: Power down'
