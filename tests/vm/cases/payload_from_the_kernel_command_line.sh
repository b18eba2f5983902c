# SPDX-License-Identifier: Apache-2.0
# What follows "--" is the payload with its arguments, and wins over the config.
once
config </dev/null
boot "nlinit.on_exit=poweroff -- /sbin/payload --exit 7"
expect '^payload: exit 7$'
expect 'reboot: Power down'
