#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows nlinit at work on a bare Debian 12 or 13, as root. Without a word: builds the static binary and boots it in an
# emulated VM as PID 1 from a read-only EROFS root that holds no shell, with DHCP and a virtiofs share, and prints what
# the payload found and the status it ended with. With --netns: `nlinit netsetup` in a network namespace beside a DHCP
# server in another, twice, in seconds. All files are below build/.
#   scripts/demo.sh [--arch ARCH | --netns]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
if [[ ${1:-} == --arch ]]; then
    VM_ARCH=${2:-}
    shift 2 || die "--arch needs an architecture"
fi
source "$(dirname "${BASH_SOURCE[0]}")/lib/vm.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/docker.sh"

folder=build/demo

# ---- in a VM

write_config() {
    cat >"$folder/nlinit.toml" <<'TOML'
[system]
hostname = "demo"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[payload]
command = ["/sbin/payload", "--json", "--exit", "42"]
on_exit = "poweroff"
TOML
}

vm_line() {
    if [[ $1 != boot.json* ]]; then printf '         | %s\n' "$1"; fi
}

# told NAME: what the payload said of NAME, without the name.
told() { sed -n "s/^$1  *//p" "$folder/serial.log"; }

# The steps of boot.json as a table; times are the guest's, in milliseconds since power-on.
show_steps() {
    awk -F '": "?' '
        { value = $2; sub(/"?,?$/, "", value) }
        /"step":/ { name = value }
        /"start_ms":/ { start = value }
        /"end_ms":/ { end = value }
        /"outcome":/ { printf "  %9.1f  %7.1f  %-7s  %s\n", start, end - start, value, name }
    ' "$folder/boot.json"
}

show_outcome() {
    local status
    status=$(told 'payload: exit')
    told boot.json >"$folder/boot.json"
    stage "power off; nlinit's report of the boot ($folder/boot.json):"
    printf '  %9s  %7s  %-7s  %s\n' at/ms took/ms outcome step
    show_steps
    stage "seen from outside:"
    printf '  kernel   %s\n  root     %s\n' "$(told kernel)" "$(told mount | sed -n 's,^/ ,,p')"
    printf '  lease    %s\n' "$(told address)"
    told route | sed 's/^/  route    /'
    told share | sed 's/^/  share    /'
    printf '  payload  exit status %s\n' "$status"
    [[ $status == 42 ]] || die "the payload's status should have been 42; the console is in $folder/serial.log"
}

demo_vm() {
    local purpose=demo
    [[ $VM_ARCH == "$(host_architecture)" ]] || purpose=cross
    scripts/install_deps.sh "$purpose"
    stage "building the static binary"
    scripts/build.sh --arch "$VM_ARCH"
    [[ -x $VM_TOOL ]] || scripts/build.sh # for the initramfs
    stage "getting Debian's cloud kernel"
    vm_prepare
    stage "making the initramfs and the read-only EROFS root"
    mkdir -p "$folder/share"
    write_config
    vm_initramfs "$folder"
    vm_root "$folder" "$folder/nlinit.toml"
    echo 'hello from the host' >"$folder/share/greeting"
    vm_share "$folder" share
    stage "booting in QEMU, emulated; the guest's console:"
    vm_boot "$folder" 90 "quiet loglevel=4 root=/dev/vda rootfstype=erofs ro" \
        -drive if=none,id=root,file=root.erofs,format=raw,readonly=on -device virtio-blk-pci,drive=root \
        -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile= "${VM_SHARE[@]}" ||
        die "the boot failed; the console is in $folder/serial.log"
    show_outcome
    stage "done"
}

# ---- in network namespaces

guest=nlinit-guest-$$
server=nlinit-server-$$
dnsmasq=

netns_end() {
    if [[ -n $dnsmasq ]]; then kill "$dnsmasq" 2>/dev/null || true; fi
    ip netns delete "$guest" 2>/dev/null || true
    ip netns delete "$server" 2>/dev/null || true
}

start_server() {
    ip netns add "$guest"
    ip netns add "$server"
    ip -n "$server" link add srv0 type veth peer name eth0 netns "$guest"
    ip -n "$server" address add 192.168.64.1/24 dev srv0
    ip -n "$server" link set srv0 up
    rm -f "$folder/dnsmasq.leases"
    nsenter --net="/run/netns/$server" dnsmasq --no-daemon --conf-file=/dev/null --user=root --port=0 \
        --interface=srv0 --bind-interfaces --no-ping --log-dhcp --dhcp-authoritative \
        --pid-file= --dhcp-leasefile="$folder/dnsmasq.leases" \
        --dhcp-range=192.168.64.10,192.168.64.99,1h \
        --dhcp-option=option:router,192.168.64.1 --dhcp-option=option:dns-server,192.168.64.1 \
        >"$folder/dnsmasq.log" 2>&1 </dev/null &
    dnsmasq=$!
    wait_until 5 grep -q 'DHCP, sockets bound' "$folder/dnsmasq.log" ||
        die "dnsmasq did not start; see $folder/dnsmasq.log"
}

state() {
    ip -n "$guest" -4 -brief address show dev eth0
    ip -n "$guest" route
}

demo_netns() {
    scripts/install_deps.sh netns
    stage "building the static binary"
    scripts/build.sh release
    mkdir -p "$folder"
    stage "two network namespaces, one with dnsmasq"
    start_server
    local run states=()
    for run in 1 2; do
        stage "nlinit netsetup eth0 --json, run $run (all it says is in $folder/netsetup.$run.json)"
        timeout -s KILL 20 nsenter --net="/run/netns/$guest" "$VM_NLINIT" netsetup eth0 --json \
            >"$folder/netsetup.$run.json" ||
            die "netsetup ended with status $?; the server's log is $folder/dnsmasq.log"
        grep -E '"(summary|server|seconds|configured)":' "$folder/netsetup.$run.json"
        states+=("$(state)")
        printf '%s\n' "${states[-1]}"
    done
    [[ ${states[0]} == "${states[1]}" ]] || die "the second run left another state than the first"
    stage "done: the second run changed nothing"
}

trap 'vm_end; netns_end' EXIT
trap 'exit 130' INT TERM
((EUID == 0)) || die "needs root"
case ${1:-} in
    '') demo_vm ;;
    --netns) demo_netns ;;
    --docker) demo_docker ;;
    *) die "unknown word '$1': none, --arch, --netns or --docker" ;;
esac
