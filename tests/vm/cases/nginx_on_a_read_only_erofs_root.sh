# SPDX-License-Identifier: Apache-2.0
# A Debian image boots as it is, and what it writes goes to memory. Its resolv.conf is a link, as systemd-resolved has it.
only amd64 # the image is what counts here, not the machine
# shellcheck source=/dev/null
source tests/vm/nginx.sh
LIMIT=150
vm_root() {
    nginx_tree "$1"
    ln -sf ../run/systemd/resolve/stub-resolv.conf "$1/root/etc/resolv.conf"
    mkfs.erofs --quiet -T0 --all-root "$1/root.erofs" "$1/root"
}
nginx_visit "$folder/visit"
boot "root=/dev/vda rootfstype=erofs ro $NGINX_PAYLOAD" "${ROOT[@]}" "${NGINX_NIC[@]}"
expect_in "$folder/visit" '^hello from nginx$'
expect_in "$folder/visit" '^nameserver 10\.0\.2\.3$'
expect_in "$folder/visit" '^127\.0\.1\.1[[:space:]]web-1$'
refuse 'nlinit: .*Read-only'
expect 'reboot: Restarting system'
