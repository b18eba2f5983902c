# SPDX-License-Identifier: Apache-2.0
# An initramfs as the README makes it, with the modules that `nlinit initramfs` chooses by itself: to an EROFS root with
# an overlay in memory, a lease and a share. Made twice, it is the same bytes.
VM_MODULES=
config <<'TOML'
[root]
overlay = "tmpfs"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[network]
timeout = "10s"
[payload]
command = ["/sbin/payload", "--exit", "42"]
on_exit = "poweroff"
TOML
vm_initramfs() {
    local cpio
    for cpio in once again; do
        "$VM_TOOL" initramfs --init "$VM_NLINIT" --modules-from "$VM_KERNEL" --config "$folder/nlinit.toml" \
            --output "$1/$cpio.cpio" || wrong+=("nlinit initramfs ended with $?")
    done
    cmp "$1/once.cpio" "$1/again.cpio" || wrong+=("the same input gave other bytes")
    cpio -t --quiet <"$1/once.cpio" >"$1/names" || wrong+=("cpio cannot read it")
    gzip -1 <"$1/once.cpio" >"$1/initramfs.cpio.gz"
}
mkdir "$folder/share"
echo 'hello from the host' >"$folder/share/greeting"
vm_share "$folder" share
boot "root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${NIC[@]}" "${VM_SHARE[@]}"
expect '^mount +/ overlay overlay rw'
expect '^share +hello from the host$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^payload: exit 42$'
expect 'reboot: Power down'
refuse 'nlinit: .*module .*: '
