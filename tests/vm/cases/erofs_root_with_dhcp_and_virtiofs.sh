# SPDX-License-Identifier: Apache-2.0
# The whole boot: modules, read-only EROFS root from a disk, writable layers over it, the files in /etc, a lease from
# QEMU's DHCP server, a share of the host, the payload, power off.
config <<'TOML'
profile = "arcbox"
[system]
hostname = "guest"
[network]
dns = "lease"
[payload]
command = ["/sbin/payload", "--json", "--exit", "42"]
on_exit = "poweroff"
TOML
mkdir "$folder/share"
echo 'hello from the host' >"$folder/share/greeting"
vm_share "$folder" share
boot "root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${NIC[@]}" "${VM_SHARE[@]}"

expect '^hostname +guest$'
expect '^mount +/ erofs /dev/vda ro'
expect '^root +read-only$'
for layer in /tmp /run /var /etc; do
    expect "^mount +$layer tmpfs [a-z]+ rw,nosuid,nodev"
done
expect '^mount +/proc proc '
expect '^mount +/sys sysfs '
expect '^mount +/dev devtmpfs '
expect '^mount +/dev/pts devpts '
expect '^mount +/sys/fs/cgroup cgroup2 '
expect '^mount +/Users virtiofs users '
expect '^share +hello from the host$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^route +default via 10\.0\.2\.2 dev eth0 '
expect '^resolv\.conf +nameserver 10\.0\.2\.3$'
expect '^hosts +127\.0\.1\.1[[:space:]]+guest$'
expect '^ip_forward +1$'
expect '^ca +readable$'
expect '^processes +2 '
expect '^boot\.json +.*\{'
expect '^payload: exit 42$'
expect 'reboot: Power down'
