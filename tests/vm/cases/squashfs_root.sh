# SPDX-License-Identifier: Apache-2.0
# The root need not be EROFS, and rootfstype= need not be there. On the read-only root without a tmpfs on /etc, the files
# of the plan are one sentence.
once
VM_MODULES+=,squashfs
config <<'TOML'
profile = "none"
[system]
hosts = true
[[file]]
path = "/etc/one"
content = ""
[[file]]
path = "/etc/two"
content = ""
[[mount]]
target = "/nowhere"
type = "tmpfs"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
SQUASHFS=(-drive if=none,id=root,file=root.squashfs,format=raw,readonly=on -device virtio-blk-pci,drive=root)
vm_root() {
    tree_of_root "$1" "$2"
    mksquashfs "$1/root" "$1/root.squashfs" -quiet -no-progress -all-root -noappend
}
boot "root=/dev/vda loglevel=7" "${SQUASHFS[@]}"
expect '^mount +/ squashfs /dev/vda ro'
expect 'write /etc/hosts and 2 more such steps: Read-only file system'
refuse 'nlinit: .*/etc/(one|two)'
expect 'mount tmpfs on /nowhere: /nowhere is missing; add it to the image'
expect '^payload: exit 42$'
expect 'reboot: Power down'
