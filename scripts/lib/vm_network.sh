# SPDX-License-Identifier: Apache-2.0
# Sourced by VM tests whose guest has a network of its own: a namespace in which QEMU runs, its tap, and what a test
# starts beside it, none of which ever touches the network of this machine. Needs lib/vm.sh; the guest's folder is
# $folder.
# shellcheck disable=SC2154

VM_ROUTER=2001:db8:6::1 # in the guest's network
VM_NAME=server.test     # of that address
# shellcheck disable=SC2034,SC2054
VM_TAP=(-netdev tap,id=net0,ifname=tap0,script=no,downscript=no
    -device virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:12:34:56)

# vm_inside COMMAND…: there. Servers run in the background, and end with the case.
vm_inside() { nsenter --net="/proc/$VM_NAMESPACE/ns/net" "$@"; }
vm_serve() {
    vm_inside timeout -s KILL 180 "$@" &
    VM_JOBS+=($!)
}

# vm_network: the guest that boots next is at its tap, and its QEMU inside.
vm_network() {
    # shellcheck disable=SC2016
    unshare --net sh -euc '
        ip link set lo up
        ip tuntap add tap0 mode tap
        echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
        echo 0 >/proc/sys/net/ipv6/conf/tap0/accept_dad
        ip address add "$1/64" dev tap0 nodad
        ip link set tap0 up
        : >"$2"
        exec sleep 180' - "$VM_ROUTER" "$folder/network" &
    VM_NAMESPACE=$!
    VM_JOBS+=("$VM_NAMESPACE")
    wait_until 5 test -e "$folder/network" || die "no private network: it takes ip and a /dev/net/tun"
    VM_MACHINE=(nsenter --net="/proc/$VM_NAMESPACE/ns/net" "${VM_MACHINE[@]}")
}

# vm_radvd OPTION…: advertises the prefix, and what else radvd.conf(5) has of an interface.
vm_radvd() {
    printf 'interface tap0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; %s };\n' "$*" \
        >"$folder/radvd.conf"
    chmod 644 "$folder/radvd.conf"
    vm_serve radvd -n -d 1 -m stderr -C "$folder/radvd.conf" -p "$folder/radvd.pid" 2>"$folder/radvd.log"
    wait_until 5 grep -q 'next iface is tap0' "$folder/radvd.log" || die "radvd did not start; see $folder/radvd.log"
}

# vm_dnsmasq OPTION…: knows $VM_NAME, and nobody else's names.
vm_dnsmasq() {
    vm_serve dnsmasq --conf-file=/dev/null --no-daemon --no-hosts --no-resolv --user=root --pid-file= \
        --interface=tap0 --bind-interfaces --local=/test/ --host-record="$VM_NAME,$VM_ROUTER" "$@" 2>"$folder/dnsmasq.log"
    wait_until 5 grep -q 'started, version' "$folder/dnsmasq.log" || die "dnsmasq did not start; see $folder/dnsmasq.log"
}

# vm_web TEXT: http://$VM_NAME/ is that.
vm_web() {
    mkdir "$folder/web"
    printf '%s\n' "$1" >"$folder/web/index.html"
    vm_serve busybox httpd -f -vv -p '[::]:80' -h "$folder/web" 2>"$folder/web.log"
}
