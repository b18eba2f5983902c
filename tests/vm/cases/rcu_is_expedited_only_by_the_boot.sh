# SPDX-License-Identifier: Apache-2.0
# RCU, which the boot has expedited, is the kernel's own again soon after: a payload that looks until it is comes to its
# end. In namespaces the setting is the whole machine's, so that no other test may look at it.
once
busybox
config <<'TOML'
[payload]
command = ["/bin/busybox", "sh", "-c", """
until read -r expedited </sys/kernel/rcu_expedited && [ "$expedited" = 0 ]; do /bin/busybox usleep 10000; done
exit 42
"""]
on_exit = "poweroff"
TOML
LIMIT=30
boot "ip=off"
expect 'nlinit: payload: /bin/busybox ended with status 42$'
expect 'reboot: Power down'
