# SPDX-License-Identifier: Apache-2.0
# What a boot finds where the payload of the boot before could write, as user 1000: links to /etc for every kind of row,
# on a disk of the machine's, and a disk with a passwd in which that user is root. Each is refused by name, nothing comes
# of it in /etc, the machine boots on, and the payload is still that user.
VM_MODULES+=,ext4,overlay
vm_more_files() {
    install -D "$VM_BUSYBOX" "$1/bin/busybox"
    mkdir -p "$1"/{etc,home,srv}
    printf 'root:x:0:0::/:\nwww:x:1000:1000::/:\n' >"$1/etc/passwd"
    printf 'root:x:0:\nwww:x:1000:\n' >"$1/etc/group"
    ln -s /home/www/hosts "$1/etc/hosts"
    ln -s /home/www/resolv/conf "$1/etc/resolv.conf"
}
config <<'TOML'
[system]
report = "/home/www/report/boot.json"
[network]
wait = true
timeout = "10s"
dns = ["192.0.2.1"]
[network.dhcp]
lease_file = "/home/www/lease/eth0"
[[mount]]
source = "LABEL=home"
target = "/home"
type = "ext4"
options = "nosuid,nodev"
[[mount]]
source = "LABEL=data"
target = "/home/www/app/data"
type = "ext4"
options = "nosuid,nodev"
[[mount]]
source = "tmpfs"
target = "/home/www/copied"
type = "tmpfs"
copy_up = true
[[mount]]
source = "/home/www/source"
target = "/srv/bound"
options = "bind"
[[mount]]
source = "/srv"
target = "/home/www/target/sub"
options = "bind"
[[file]]
path = "/home/www/file/passwd"
content = "www:x:0:0::/:\n"
[[file]]
path = "/home/www/plain"
content = "www:x:0:0::/:\n"
[[directory]]
path = "/home/www/directory/spool"
mode = "0777"
[[symlink]]
path = "/home/www/link/shadow"
target = "/home/www/shadow"
[payload]
command = ["/bin/busybox", "sh", "-c", "busybox id; busybox ls /etc /srv; busybox cat /etc/passwd /proc/mounts"]
user = "www"
TOML
mkdir -p "$folder"/{home,data}/www
home=$folder/home/www
mkdir "$home/app"
ln -s /etc "$home/app/data"
for name in copied source target file directory link report lease resolv; do ln -s ../../etc "$home/$name"; done
ln -s /etc/passwd "$home/plain"
ln -s /etc/passwd "$home/hosts"
printf 'www:x:0:0::/:\n' >"$folder/data/passwd"
chown -hR 1000:1000 "$home" "$folder/data"
for name in home data; do
    truncate -s 32M "$folder/$name.ext4"
    mkfs.ext4 -q -F -L $name -d "$folder/$name" "$folder/$name.ext4"
done
DISKS=(-drive "if=none,id=home,file=home.ext4,format=raw" -device "virtio-blk-pci,drive=home"
    -drive "if=none,id=data,file=data.ext4,format=raw" -device "virtio-blk-pci,drive=data")
boot "loglevel=7 root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${DISKS[@]}" "${NIC[@]}"

of_www='"www" belongs to user 1000, who could lead root astray: nothing is'
for path in app/data copied target/sub; do expect "/home/www/$path: $of_www mounted below it"; done
expect "/home/www/source: $of_www bound below it"
for path in file/passwd plain report/boot.json; do expect "/home/www/$path: $of_www written below it"; done
expect "/home/www/directory/spool: $of_www made below it"
expect "/home/www/link/shadow: $of_www made below it"
for file in hosts resolv.conf; do expect "/etc/$file is a file now"; done
expect 'uid=1000(\(www\))? gid=1000'
expect '^www:x:1000:1000::/:'
refuse '^(www:x:0:0::/:|spool|shadow|boot.json|eth0|sub)'
refuse '^[^ ]+ (/etc|/srv/bound) ext4'
expect '^/dev/vd[bc] /home ext4'
