# SPDX-License-Identifier: Apache-2.0
# The kernel passes words that it does not know to its init. One that is a command of nlinit's boots all the same: where
# a command ends as PID 1 of the machine, the kernel panics.
once
boot "report"
expect '^payload: exit 42$'
expect 'reboot: Power down'
