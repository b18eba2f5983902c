# SPDX-License-Identifier: Apache-2.0
# Sourced by demo.sh: Docker in a VM. The root is a Debian with docker.io as its packages' scripts leave it, made once in
# build/docker; dockerd is the payload, and this machine its client. Needs lib/vm.sh and its $folder.
# shellcheck shell=bash disable=SC2154,SC2034

DOCKER_TREE=build/docker/tree
DOCKER_SUITE=bookworm
DOCKER_PORT=
DOCKER_SERVER=10.0.2.100 # of QEMU's network: what speaks to it speaks to a program of this machine's

# What dockerd and its containers use of the kernel, beside drivers of devices. nlinit loads it from the initramfs, since
# the image has no kernel's modules, so that nobody has to load it when it is wanted.
DOCKER_MODULES=(overlay bridge br_netfilter veth nf_tables nft_compat nft_chain_nat nf_conntrack_netlink
    xt_addrtype xt_conntrack xt_MASQUERADE xt_nat xt_tcpudp xt_mark)

# docker_image: build/docker/root.erofs. Unlike files out of packages, an installation has what update-alternatives(1)
# makes: without /etc/alternatives there is no iptables.
docker_image() {
    local image=build/docker/root.erofs
    [[ ! -e $image ]] || return 0
    stage "installing Debian's docker.io into $DOCKER_TREE"
    rm -rf "$DOCKER_TREE"
    mkdir -p build/docker
    logged debootstrap timeout -s KILL 900 debootstrap --variant=minbase \
        --include=docker.io,iptables,ca-certificates "$DOCKER_SUITE" "$DOCKER_TREE" || return
    rm -rf "$DOCKER_TREE"/var/{cache/apt,lib/apt/lists} "$DOCKER_TREE"/usr/share/{doc,man,locale}
    mkfs.erofs --quiet -T0 "$image.new" "$DOCKER_TREE" && mv "$image.new" "$image"
}

docker_config() {
    local list
    list=$(printf ', "%s"' "${DOCKER_MODULES[@]}")
    cat >"$folder/nlinit.toml" <<TOML
profile = "arcbox"
[system]
hostname = "docker"
modules = ["auto"$list]
[network]
dns = "lease"
[[mount]]
source = "/dev/vdb"
target = "/var/lib/docker"
type = "ext4"
required = true
[payload]
command = ["/usr/sbin/dockerd", "--log-level=warn", "--host=unix:///run/docker.sock",
           "--host=tcp://0.0.0.0:2375", "--tls=false"]
env = { PATH = "/usr/sbin:/usr/bin:/sbin:/bin" }
stop_timeout = "30s"
TOML
}

# docker_tiny: an image for containers, as a tar file on standard output: busybox, some of its applets, and a page.
docker_tiny() {
    local tree=$folder/tiny applet
    rm -rf "$tree"
    install -D "$VM_BUSYBOX" "$tree/bin/busybox"
    for applet in sh cat dd httpd wget; do ln -s busybox "$tree/bin/$applet"; done
    mkdir "$tree/www"
    echo 'hello from another container' >"$tree/www/index.html"
    tar -C "$tree" --owner=0 --group=0 -c .
}

# docker_server: $folder/answer, which speaks HTTP to who connects to $DOCKER_SERVER.
docker_server() {
    cat >"$folder/answer" <<'SH'
#!/bin/sh
while IFS= read -r line && [ "${#line}" -gt 1 ]; do :; done
printf 'HTTP/1.0 200 OK\r\n\r\nhello from the host\n'
SH
    chmod +x "$folder/answer"
}

# in_docker WORD…: Docker's client of the image, on this machine, and the dockerd in the guest.
in_docker() {
    chroot "$DOCKER_TREE" env -i PATH=/usr/bin:/bin HOME=/nonexistent timeout -s KILL 300 \
        docker --host "tcp://127.0.0.1:$DOCKER_PORT" "$@"
}

docker_is_up() { in_docker version --format '{{.Server.Version}}' 2>/dev/null; }

# shown COMMAND…: the command, and what comes of it. A status that is not 0 is shown as well.
shown() {
    local status=0 word
    printf '$ docker'
    for word in "$@"; do
        if [[ $word == *[!a-zA-Z0-9./_-]* ]]; then word=${word@Q}; fi
        printf ' %s' "$word"
    done
    printf '\n'
    in_docker "$@" 2>&1 </dev/null || status=$?
    ((status == 0)) || printf '(exit status %d)\n' "$status"
}

# docker_visit: while the guest runs; its power button is the end, with a container that still runs.
docker_visit() {
    wait_until 600 docker_is_up >/dev/null || return
    stage "dockerd answers; containers:"
    docker_tiny | in_docker import - tiny
    shown network create app
    shown run --detach --init --name web --network app tiny httpd -f -h /www
    shown run --rm --network app tiny sh -c "wget -qO - http://web/ && wget -qO - http://$DOCKER_SERVER/"
    shown run --rm --memory 32m --cpus 0.5 tiny sh -c \
        'cd /sys/fs/cgroup && cat memory.max cpu.max && dd if=/dev/zero of=/dev/null bs=64M count=1'
    shown ps --format '{{.Names}}: {{.Status}}'
    stage "the power button:"
    echo system_powerdown >"$folder/monitor.in"
}

# docker_expect FILE LINE
docker_expect() { grep -Fqx -- "$2" "$folder/$1" || die "no line '$2' in $folder/$1"; }

docker_outcome() {
    local line
    for line in 'hello from another container' 'hello from the host' 33554432 '50000 100000' '(exit status 137)'; do
        docker_expect containers.txt "$line"
    done
    grep -q '^web: Up' "$folder/containers.txt" || die "container web did not run to the end"
    grep -q 'reboot: Power down' "$folder/serial.log" || die "the machine was not powered off in order"
    ! grep 'nlinit: ' "$folder/serial.log" || die "nlinit has something to complain about: see $folder/serial.log"
    e2fsck -fn "$folder/data.ext4" >"$folder/e2fsck.log" 2>&1 || die "the disk is not clean: see $folder/e2fsck.log"
    ! dumpe2fs -h "$folder/data.ext4" 2>/dev/null | grep -q needs_recovery || die "the disk was not unmounted"
    stage "the machine has ended in order; e2fsck -fn: $(tail -n 1 "$folder/e2fsck.log")"
}

demo_docker() {
    [[ $VM_ARCH == "$(host_architecture)" ]] || die "--docker installs packages, which goes for this architecture only"
    scripts/install_deps.sh docker
    stage "building the static binary"
    scripts/build.sh
    stage "getting Debian's cloud kernel"
    vm_prepare
    vm_fetch_busybox
    docker_image
    mkdir -p "$folder"
    docker_config
    docker_server
    stage "making the initramfs: nlinit, drivers, and the modules that $folder/nlinit.toml names, with what they need"
    "$VM_TOOL" initramfs --init "$VM_NLINIT" --modules-from "$VM_KERNEL" --modules vm --config "$folder/nlinit.toml" |
        gzip -1 >"$folder/initramfs.cpio.gz"
    truncate -s 512M "$folder/data.ext4"
    mkfs.ext4 -q -F "$folder/data.ext4"
    DOCKER_PORT=$(free_port)
    VM_MODULES=
    VM_MEMORY=768
    VM_ACCELERATOR=("${VM_COUNTING[@]}") # dockerd gives containerd 15 s to start, which a host under load may not have
    stage "booting in QEMU, emulated; the guest's console:"
    docker_visit > >(tee "$folder/containers.txt") &
    VM_JOBS+=($!)
    vm_boot "$folder" 900 "quiet loglevel=4 root=/dev/vda rootfstype=erofs ro" \
        -drive if=none,id=root,file=../docker/root.erofs,format=raw,readonly=on -device virtio-blk-pci,drive=root \
        -drive if=none,id=data,file=data.ext4,format=raw -device virtio-blk-pci,drive=data \
        -netdev "user,id=net0,hostfwd=tcp:127.0.0.1:$DOCKER_PORT-:2375,guestfwd=tcp:$DOCKER_SERVER:80-cmd:./answer" \
        -device virtio-net-pci,netdev=net0,romfile= ||
        die "the boot failed; the console is in $folder/serial.log"
    docker_outcome
    stage "done"
}
