# SPDX-License-Identifier: Apache-2.0
# PID 1 tells with which status the payload ended, not only the payload itself.
boot "loglevel=7"
expect '^payload: exit 42$'
expect 'nlinit: .*payload.* 42'
expect 'reboot: Power down'
