# SPDX-License-Identifier: Apache-2.0
# The root is a folder of the host, shared by virtiofs: it is mounted, the payload is found there, resolv.conf is written
# there, and the machine ends.
once
VM_MODULES=virtio_pci,virtio_net,virtiofs
# shellcheck disable=SC2317
vm_root() {
    tree_of_root "$1" "$2"
    vm_share "$1" root
}
boot "root=users rootfstype=virtiofs rw" "${NIC[@]}" "${VM_SHARE[@]}"

expect '^mount +/ virtiofs users rw'
expect '^root +writable$'
expect '^address +eth0 10\.0\.2\.15/24$'
expect '^resolv\.conf +nameserver 10\.0\.2\.3$'
expect '^payload: exit 42$'
expect 'reboot: Power down'
refuse 'nobody answers'
[[ $(<"$folder/root/etc/resolv.conf") == *'nameserver 10.0.2.3'* ]] || wrong+=("the share has no resolv.conf")
