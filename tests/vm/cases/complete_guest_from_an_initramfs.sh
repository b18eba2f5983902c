# SPDX-License-Identifier: Apache-2.0
# What an image for a container host has, in one guest: from an initramfs to a read-only EROFS root with an overlay in
# memory, a share, two NICs of which the second has an address and no default route, a payload that writes below /, and
# its exit status told outside.
VM_MODULES+=,overlay
config <<'TOML'
[system]
hostname = "guest"
[root]
overlay = "tmpfs"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[network]
timeout = "10s"
[[network.interface]]
match = "primary"
method = "dhcp"
[[network.interface]]
match = "eth1"
method = "dhcp"
default_route = false
[payload]
command = ["/sbin/payload", "--wait-addresses", "2", "--keep", "/srv/kept", "--exit", "42"]
on_exit = "poweroff"
TOML
mkdir "$folder/share"
echo 'hello from the host' >"$folder/share/greeting"
vm_share "$folder" share
boot "loglevel=7 root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${NIC[@]}" "${NIC2[@]}" "${VM_SHARE[@]}"

expect '^hostname +guest$'
expect '^mount +/ overlay overlay rw'
expect '^mount +/run/nlinit/root/lower erofs /dev/vda ro'
expect '^mount +/run/nlinit/root/upper tmpfs '
expect '^root +writable$'
expect '^kept +1$'
expect '^mount +/Users virtiofs users '
expect '^share +hello from the host$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^address +eth1 10\.0\.3\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
refuse '^route +default .* dev eth1 '
expect '^processes +2 '
expect '^payload: exit 42$'
expect 'nlinit: .*payload.* 42'
expect 'reboot: Power down'
