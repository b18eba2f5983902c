# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by cases whose root is a Debian one with nginx, put together from its packages as a container's image is, and
# without a config of nlinit's: the payload is on the kernel command line. Needs the words of case.sh.

NGINX_PORT=$(free_port)
# shellcheck disable=SC2034,SC2054
NGINX_NIC=(-netdev "user,id=net0,hostfwd=tcp:127.0.0.1:$NGINX_PORT-:80" -device virtio-net-pci,netdev=net0,romfile=)
# shellcheck disable=SC2034,SC2054
NGINX_PAYLOAD='-- /usr/sbin/nginx -g "daemon off;"'

# nginx_tree FOLDER: the root, with what the packages' scripts would have made, and the build host's resolv.conf.
nginx_tree() {
    local packages=build/nginx-$VM_ARCH tree=$1/root
    fetch_packages "$VM_ARCH" "$packages" nginx nginx-common libc6 libcrypt1 libpcre2-8-0 libssl3 zlib1g base-files ||
        die "apt-get could not fetch nginx"
    rm -rf "$tree"
    cp -a "$packages" "$tree"
    rm -rf "$tree"/{complete,usr/share/{doc,man,locale,lintian}}
    mkdir -p "$tree"/{proc,sys,dev,run,tmp,etc,sbin,var/{tmp,www/html,log/nginx,lib/nginx}}
    install "$VM_NLINIT" "$tree/sbin/nlinit"
    printf '%s\n' root:x:0:0:root:/root:/bin/sh www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin >"$tree/etc/passwd"
    printf '%s\n' root:x:0: tty:x:5: www-data:x:33: >"$tree/etc/group"
    echo web-1 >"$tree/etc/hostname"
    echo 'nameserver 192.0.2.99' >"$tree/etc/resolv.conf"
    echo 'hello from nginx' >"$tree/var/www/html/index.html"
    printf '%s\n' 'server { listen 80; root /var/www/html;' \
        'location = /resolv.conf { root /etc; } location = /hosts { root /etc; } }' >"$tree/etc/nginx/sites-enabled/default"
}

# nginx_get PATH: what nginx answers, without the head. QEMU takes a connection before anybody in the guest does.
nginx_get() {
    # shellcheck disable=SC2016
    timeout -s KILL 10 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET /%s HTTP/1.0\r\n\r\n" "$2" >&3 && cat <&3' \
        get "$NGINX_PORT" "$1" 2>/dev/null | sed '1,/^\r$/d' | grep .
}

# shellcheck disable=SC2154
# nginx_visit FILE: in the background, as soon as nginx answers: what it says goes to FILE, and the keys end the guest.
nginx_visit() {
    {
        wait_until 100 nginx_get '' >/dev/null || true
        for page in '' resolv.conf hosts; do nginx_get "$page" || true; done >"$1"
        echo 'sendkey ctrl-alt-delete' >"$folder/monitor.in"
    } &
    VM_JOBS+=($!)
}

# expect_in FILE REGEX
expect_in() { grep -Eq -- "$2" "$1" || wrong+=("no line of $(basename "$1") matches: $2"); }
