# SPDX-License-Identifier: Apache-2.0
# An initramfs that is all there is: as a tmpfs of its own the root can be pivoted away, as container runtimes do. Its
# memory is counted once, and files of several names stay one.
only amd64
busybox
config <<'TOML'
profile = "arcbox"
[root]
device = "initramfs"
options = "size=60%"
[payload]
command = ["/bin/busybox", "sh", "-c", """
/sbin/payload --no-share --pivot
/bin/busybox stat -c 'links %h' /bin/again
/bin/busybox df / | /bin/busybox tail -n 1
/bin/busybox ls -d /newroot
"""]
TOML
mkdir -p "$folder/files/bin"
install "$VM_BUSYBOX" "$folder/files/bin/busybox"
ln "$folder/files/bin/busybox" "$folder/files/bin/again"
vm_more_files() { :; }
boot "ip=off"
expect '^mount +/ tmpfs tmpfs rw.* shared:'
expect '^pivot +done$'
expect '^links 2$'
expect '^tmpfs '
expect "ls: /newroot: No such file"
expect 'reboot: Power down'
refuse 'initramfs is the root as it is'
