#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures nlinit beside the least that any DHCP client can do, beside the busybox flow that it replaces, and beside
# Debian's other clients where they are installed. Everything happens in network namespaces that it makes and removes;
# files are below build/bench. Needs root. Without a word: netsetup, calls and size.
#   scripts/bench.sh [netsetup|calls|size|flood|ipv6|herd|herd_ipv6|boot]…
# netsetup  from exec, and from carrier, to the kernel's default-route event; to the exit; CPU time, system calls,
#           processes, memory
# calls     the system calls of nlinit, counted by name
# size      bytes of the programs, and memory while a lease is held
# flood     processor time while nobody answers but 100 000 frames a second come that are for another client
# ipv6      from carrier to an IPv6 that can be used, against radvd, beside the kernel alone and Debian's other clients
# herd      hundreds of machines that ask one server at the same moment, and while it is away: minutes
# herd_ipv6 the same of IPv6, by router advertisements and stateless DHCPv6
# boot      from the kernel's running init to the payload, in an emulated VM, a nanosecond an instruction;
#           BOOT_ROUNDS=5
# ROUNDS=21 is how often each client runs, OTHERS=0 leaves out Debian's clients, HERD="200 500" are the sizes of the herd
# and HERD_ROUNDS=2 how often each runs; NLINIT=PATH is a program to measure in place of a fresh release build;
# BEFORE=PATH is an nlinit of before, which netsetup and boot measure beside it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "scripts/lib/herd.sh"
source "scripts/lib/herd_ipv6.sh"
source "scripts/lib/boot.sh"
source "scripts/lib/ipv6.sh"

folder=$PWD/build/bench
rounds=${ROUNDS:-21}
nlinit=$(realpath -m "${NLINIT:-build/release/nlinit}")
busybox=$(command -v busybox || true)
guest=nlinit-bench-guest-$$
server=nlinit-bench-server-$$
jobs=()

# Before what else this machine does. Where each session is a group for the scheduler (sched(7)), nice(1) counts only
# among the session's own processes.
go_first() {
    [[ -e /proc/self/autogroup ]] || return 0
    read -r _ _ session_nice </proc/$$/autogroup
    echo -20 >/proc/$$/autogroup
}

# The program that measures has a CPU for itself, clients and server have another: where the scheduler puts the three,
# anew in each run, moves a run of 200 us by a quarter.
watcher_cpu=()
server_cpu=()
client_cpu=-
find_cpus() {
    local cpu found=()
    for ((cpu = 0; cpu < $(getconf _NPROCESSORS_CONF); ++cpu)); do
        ! taskset --cpu-list "$cpu" true 2>/dev/null || found+=("$cpu")
    done
    ((${#found[@]} > 1)) || return 0
    watcher_cpu=(taskset --cpu-list "${found[0]}")
    client_cpu=${found[1]}
    server_cpu=(taskset --cpu-list "$client_cpu")
}

end() {
    local pids
    [[ ! -v session_nice ]] || echo "$session_nice" >/proc/$$/autogroup
    kill "${jobs[@]}" 2>/dev/null || true
    # KILL, and again: some clients have helpers that ignore anything else, or start a new one.
    while pids=$(ip netns pids "$guest" 2>/dev/null) && [[ -n $pids ]]; do
        xargs kill -KILL <<<"$pids" 2>/dev/null || true
        sleep 0.05
    done
    wait 2>/dev/null || true
    ip netns delete "$guest" 2>/dev/null || true
    ip netns delete "$server" 2>/dev/null || true
}

# ---- what is measured

# compile NAME SOURCE…: a static program of tests/bench, with the project's warnings.
compile() {
    local program=$folder/$1 source
    shift
    for source in tests/bench/*.[ch]pp; do
        [[ $program -nt $source ]] || break
    done
    [[ ! $program -nt $source ]] || return 0
    logged "bench_${program##*/}" g++ -std=c++20 -Os -static -s -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
        -Wsign-conversion -Wnon-virtual-dtor -Werror -ffunction-sections -fdata-sections -Wl,--gc-sections \
        -o "$program" "$@"
}

# build PURPOSE: with the packages of that purpose of install_deps.sh.
build() {
    scripts/install_deps.sh "$1"
    grep -qx udhcpc < <("${busybox:-true}" --list) ||
        die "needs a busybox with udhcpc: apt-get install busybox-static"
    if [[ ! -v NLINIT ]]; then
        stage "building the static binary"
        scripts/build.sh release
    fi
    mkdir -p "$folder"
    stage "building the programs to measure with"
    compile floor tests/bench/floor{_main,}.cpp
    compile busybox_flow tests/bench/busybox_flow.cpp
    compile measure tests/bench/{measure,table,quartiles,trial,census,guest,rtnetlink,process}.cpp
    compile flood tests/bench/{flood,process}.cpp
    compile herd tests/bench/{herd,herd_run,bridged_guests,bridge_ports,starting_line,server,traffic,guest,rtnetlink,process}.cpp
}

# copies PATH NAME: the path of copies of a program, which measure takes by turns for the %.
copies() {
    local i
    mkdir -p "$folder/copies"
    for i in 0 1 2 3; do
        cp --remove-destination "$1" "$folder/copies/$2.$i"
    done
    echo "$folder/copies/$2.%"
}

# ---- the network

start_network() {
    ip netns add "$guest"
    ip netns add "$server"
    # The client's end is a macvlan on a wire that is always up: were it the wire's end itself, taking it down between
    # two runs would take the server's end down as well, and the kernel would drop what the server sends until it has
    # dealt with that, which is a race that no client can win and no machine has.
    ip -n "$server" link add srv0 type veth peer name wire0
    ip -n "$server" link set wire0 up
    ip -n "$server" link add link wire0 name eth0 netns "$guest" type macvlan mode passthru nopromisc
    ip -n "$server" address add 192.168.64.1/24 dev srv0
    ip -n "$server" link set srv0 up
    # No lease file: it would be synced to the disk before each ACK, and the disk be measured. Real-time, it runs as soon
    # as it is asked, and not when the scheduler finds it is its turn.
    "${server_cpu[@]}" chrt --fifo 50 nsenter --net="/run/netns/$server" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root \
        --port=0 --interface=srv0 --bind-interfaces --no-ping --dhcp-authoritative --dhcp-rapid-commit \
        --quiet-dhcp --log-facility=- --pid-file="$folder/dnsmasq.pid" --leasefile-ro \
        --dhcp-range=192.168.64.10,192.168.64.99,1h --dhcp-option=option:router,192.168.64.1 \
        --dhcp-option=option:dns-server,192.168.64.1 >"$folder/dnsmasq.log" 2>&1 </dev/null &
    jobs+=($!)
    wait_until 5 grep -q 'DHCP, sockets bound' "$folder/dnsmasq.log" ||
        die "dnsmasq did not start; see $folder/dnsmasq.log"
}

# Clients before what else this machine does: at a boot there is nothing else.
in_guest() { nice -n -20 nsenter --net="/run/netns/$guest" "$@"; }

# ---- netsetup

# others: a line 'NAME|FLOOR|COMMAND' for each other client that is here, and on standard error those that are not.
others() {
    local path
    [[ ${OTHERS:-1} != 0 ]] || return 0
    if path=$(command -v dhclient); then
        echo "dhclient -1|floor|$path -1 -4 -q -lf /dev/null eth0"
    else
        echo "no dhclient here (Debian: isc-dhcp-client)" >&2
    fi
    if path=$(command -v dhcpcd); then
        echo "dhcpcd -1|floor|$path --oneshot --ipv4only eth0"
        echo "dhcpcd -1, no delays|floor|$path --oneshot --ipv4only --nodelay --noarp eth0"
    else
        echo "no dhcpcd here (Debian: dhcpcd-base)" >&2
    fi
}

bench_netsetup() {
    local contenders=() status=0 client before floor
    client=$(copies "$nlinit" nlinit)
    floor=$(copies "$folder/floor" floor)
    mapfile -t contenders < <(others)
    if [[ -v BEFORE ]]; then
        before=$(copies "$BEFORE" before)
        contenders=("before|floor --rapid|$before netsetup eth0"
            "before --no-rapid-commit|floor|$before netsetup --no-rapid-commit eth0" "${contenders[@]}")
    fi
    contenders=(
        "nlinit|floor --rapid|$client netsetup eth0"
        "nlinit --no-rapid-commit|floor|$client netsetup --no-rapid-commit eth0"
        "floor --rapid|floor --rapid|$floor eth0 --rapid"
        "floor|floor|$floor eth0"
        "${contenders[@]}"
        "busybox flow|floor|$folder/busybox_flow $busybox eth0 $folder"
    )
    stage "netsetup: ${#contenders[@]} clients, $rounds rounds"
    # In the background, for a trap waits for what is in the foreground.
    in_guest "${watcher_cpu[@]}" timeout -s KILL $((60 + rounds * 20)) tests/bench/private_system.sh \
        "$folder/measure" eth0 "$rounds" "$client_cpu" "${contenders[@]}" 2>"$folder/clients.log" </dev/null &
    jobs+=($!)
    wait "$!" || status=$?
    ((status == 0)) || die "measuring ended with status $status; what the clients said is in $folder/clients.log"
}

# ---- calls

# count_calls ARGUMENT…: of one run, by name.
count_calls() {
    echo "nlinit netsetup $*"
    ip -n "$guest" address flush dev eth0
    ip -n "$guest" link set eth0 down
    in_guest timeout -s KILL 30 strace -f -c -S calls -U calls,errors,name -o "$folder/calls" \
        "$nlinit" netsetup "$@" 2>"$folder/clients.log" </dev/null ||
        die "a run under strace failed; what it said is in $folder/clients.log"
    cat "$folder/calls"
}

bench_calls() {
    stage "calls"
    count_calls eth0
    count_calls --no-rapid-commit eth0
}

# ---- size

row() { printf '%-44s %8d %s\n' "$@"; }

has_default_route() { [[ -n $(ip -n "$guest" route show default) ]]; }

# idle_memory: KiB of `netsetup --keep`, two seconds after it has its lease, when the packet socket is closed.
idle_memory() {
    in_guest timeout -s KILL 30 "$nlinit" netsetup --keep eth0 >"$folder/keep.log" 2>&1 </dev/null &
    jobs+=($!)
    wait_until 10 has_default_route || die "no lease; see $folder/keep.log"
    sleep 2
    local pid
    pid=$(ip netns pids "$guest" | head -n 1)
    awk '$1 == "VmRSS:" {print $2}' "/proc/$pid/status"
    kill "$pid"
}

bench_size() {
    stage "size"
    row "nlinit" "$(stat -c %s "$nlinit")" bytes
    row "busybox-static, which it replaces" "$(stat -L -c %s "$busybox")" bytes
    row "floor" "$(stat -c %s "$folder/floor")" bytes
    row "memory of nlinit netsetup --keep when idle" "$(idle_memory)" KiB
}

# ---- flood

# is_in_guest PROGRAM: there is one process, of that; or none, ''.
is_in_guest() { [[ $(ip netns pids "$guest" | xargs -I PID readlink /proc/PID/exe) == "$1" ]]; }

# A wire of its own, on which no server is.
bench_flood() {
    stage "flood"
    ip -n "$server" link add srv1 type veth peer name eth1 netns "$guest"
    ip -n "$server" link set srv1 up
    local flooded pid
    for flooded in 0 100000; do
        in_guest "$nlinit" netsetup --timeout 50s eth1 >"$folder/flooded.log" 2>&1 </dev/null &
        jobs+=($!)
        wait_until 10 is_in_guest "$nlinit" || die "no client; see $folder/flooded.log"
        pid=$(ip netns pids "$guest")
        nsenter --net="/run/netns/$server" "$folder/flood" srv1 "$pid" "$flooded" 10
        kill "$pid"
        wait_until 5 is_in_guest '' || die "process $pid does not end"
    done
}

((EUID == 0)) || die "needs root"
words=("$@")
(($# > 0)) || words=(netsetup calls size)
purpose=netns
for word in "${words[@]}"; do
    case $word in
        netsetup | size | flood) ;;
        calls | ipv6 | herd | herd_ipv6 | boot) purpose="test" ;; # strace; radvd; Kea; QEMU
        *) die "unknown word '$word': netsetup, calls, size, flood, ipv6, herd, herd_ipv6 or boot" ;;
    esac
done
trap end EXIT
trap 'exit 130' INT TERM
build "$purpose"
go_first
find_cpus
[[ ${words[*]} =~ ^(herd|herd_ipv6|boot)( (herd|herd_ipv6|boot))*$ ]] || start_network
for word in "${words[@]}"; do
    "bench_$word"
done
