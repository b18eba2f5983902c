# SPDX-License-Identifier: Apache-2.0
# Under plain `quiet`, where the console shows errors and nothing less, what was asked for and did not come is seen. The
# log is the same for every architecture.
only amd64
# shellcheck disable=SC2034
LEVEL=quiet

config <<'TOML'
profile = "nnoe"
colour = "red"
[system]
modules = ["no_such_module"]
[root]
device = "/dev/vdz"
timeout = "1s"
[network]
timeout = "1s"
[payload]
command = ["/sbin/payload", "--crash"]
restrat = "always"
on_exit = "poweroff"
TOML
boot "" -netdev hubport,id=net0,hubid=0 -device virtio-net-pci,netdev=net0,romfile=
expect 'nlinit: config: .*nnoe'
expect 'nlinit: config: .*colour'
expect 'nlinit: config: .*restrat'
expect 'nlinit: boot: .*no_such_module'
expect 'nlinit: boot: .*/dev/vdz did not appear'
expect 'nlinit: boot: .*no DHCP lease'
expect 'nlinit: payload: /sbin/payload ended with status 139: killed by SIGSEGV'
expect 'nlinit: boot: done in [0-9]+ ms, [0-9]+ failed: see nlinit report'

# A boot that has all it asked for says nothing.
config <<'TOML'
[payload]
command = ["/sbin/payload", "--exit", "0"]
on_exit = "poweroff"
TOML
boot "" "${NIC[@]}"
refuse 'nlinit:'
expect '^payload: exit 0$'
