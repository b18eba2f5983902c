# SPDX-License-Identifier: Apache-2.0
# A tmpfs over a read-only root: everything can be written to, what is mounted on the root came along, and both layers
# stay where they can be looked at.
once
VM_MODULES+=,overlay
config <<'TOML'
profile = "minimal"
[root]
overlay = "tmpfs"
overlay_options = "size=32m"
[[file]]
path = "/usr/share/new"
content = "x"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot "root=/dev/vda rootfstype=erofs ip=off" "${ROOT[@]}"
expect '^mount +/ overlay overlay rw'
expect '^root +writable$'
expect '^mount +/run/nlinit/root/lower erofs /dev/vda ro'
expect '^mount +/run/nlinit/root/upper tmpfs '
for place in '/proc proc' '/sys sysfs' '/dev devtmpfs' '/run tmpfs'; do
    expect "^mount +$place "
done
refuse 'nlinit: .*(Read-only|overlay)'
expect '^payload: exit 42$'
expect 'reboot: Power down'
