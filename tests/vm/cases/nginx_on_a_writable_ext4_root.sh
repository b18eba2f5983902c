# SPDX-License-Identifier: Apache-2.0
# A Debian image boots as it is: what nginx writes below /var is there after a reboot, and /etc says what the lease says.
only amd64 # the image is what counts here, not the machine
# shellcheck source=/dev/null
source tests/vm/nginx.sh
VM_MODULES+=,ext4
LIMIT=150
vm_root() {
    [[ ! -e $1/root.ext4 ]] || return 0
    nginx_tree "$1"
    truncate -s 128M "$1/root.ext4"
    mkfs.ext4 -q -F -d "$1/root" "$1/root.ext4"
}
DISK=(-drive if=none,id=root,file=root.ext4,format=raw -device virtio-blk-pci,drive=root)
of_root() { debugfs -R "cat $1" "$folder/root.ext4" 2>/dev/null; }
for visit in 1 2; do
    nginx_visit "$folder/visit.$visit"
    boot "root=/dev/vda rootfstype=ext4 rw $NGINX_PAYLOAD" "${DISK[@]}" "${NGINX_NIC[@]}"
    expect_in "$folder/visit.$visit" '^hello from nginx$'
    expect 'reboot: Restarting system'
done
of_root /var/log/nginx/access.log >"$folder/access.log"
(($(grep -c 'GET / ' "$folder/access.log") >= 2)) || wrong+=("the log of the first boot is not there after the second")
of_root /etc/resolv.conf >"$folder/resolv.conf"
expect_in "$folder/resolv.conf" '^nameserver 10\.0\.2\.3$'
of_root /etc/hosts >"$folder/hosts"
expect_in "$folder/hosts" '^127\.0\.1\.1[[:space:]]web-1$'
expect_clean root
