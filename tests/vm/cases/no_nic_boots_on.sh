# SPDX-License-Identifier: Apache-2.0
# Without a NIC the payload starts all the same, when the time for one to appear is over.
once
config <<'TOML'
[network]
link_timeout = "500ms"
timeout = "1s"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot ""
refuse '^address '
expect '^payload: exit 42$'
expect 'reboot: Power down'
