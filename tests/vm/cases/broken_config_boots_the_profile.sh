# SPDX-License-Identifier: Apache-2.0
# A config that is no TOML is reported with its place, and the boot is that of the profile and the command line.
once
config <<'TOML'
[system]
hostname = "never read
TOML
boot "nlinit.payload=/sbin/payload nlinit.on_exit=poweroff" "${NIC[@]}"
expect 'nlinit: .*/etc/nlinit\.toml:2:[0-9]+'
expect '^mount +/run tmpfs '
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^payload: exit 0$'
expect 'reboot: Power down'
