#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Machines that ask for their IPv6 at the same moment, in network, mount and pid namespaces of this process's own, of
# which it is the first process. Prints a row of a table.
#   herd_ipv6.sh COUNT NLINIT FOLDER
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

count=$1 nlinit=$2 out=$3/herd_ipv6
rm -rf "$out"
mkdir -p "$out" /run/netns
mount -t tmpfs none /run/netns # the names of namespaces, which are none of the machine around

# The bridge, with a port that is up before any guest's, and room for as many neighbours as there are machines.
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link add br0 address 02:00:00:00:00:01 type bridge mcast_snooping 0
ip link add idle0 master br0 up type veth peer name idle1
ip link set idle1 up
ip link set br0 up
ip address add 2001:db8:7::1/64 dev br0 nodad
seq -f 'netns add g%.0f' 0 $((count - 1)) | ip -batch -
seq 0 $((count - 1)) | sed 's/.*/link add p& master br0 up type veth peer name eth0 netns g&/' | ip -batch -

dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --port=0 --interface=br0 --bind-interfaces \
    --log-facility=- --pid-file= --leasefile-ro --enable-ra --dhcp-range=::,constructor:br0,ra-stateless \
    --dhcp-option=option6:dns-server,[2001:db8:7::53] >"$out/dnsmasq.log" 2>&1 &
server=$!
wait_until 10 grep -q 'IPv6 router advertisement enabled' "$out/dnsmasq.log" || die "no dnsmasq; see $out/dnsmasq.log"

# one NUMBER: its status, and the seconds from the common start.
start=$EPOCHREALTIME
one() {
    local status=0
    ip netns exec "g$1" "$nlinit" netsetup -6 --timeout 60s --resolv-conf "$out/resolv.$1" eth0 2>"$out/log.$1" ||
        status=$?
    echo "$status $((${EPOCHREALTIME/./} - ${start/./}))" >"$out/end.$1"
}
machines=()
for ((i = 0; i < count; ++i)); do
    one "$i" &
    machines+=($!)
done
wait "${machines[@]}"

usable=$(cat "$out"/end.* | grep -c '^0 ' || true)
served=$(cat "$out"/resolv.* | grep -c '2001:db8:7::53' || true)
cpu=$(awk '{ printf "%.2f", ($14 + $15) / 100 }' "/proc/$server/stat")
cut -d ' ' -f 2 "$out"/end.* | sort -n | awk -v row="$(printf '%-9d %-12d %-14d' "$count" "$usable" "$served")" \
    -v cpu="$cpu" '{ at[NR] = $1 / 1e6 } END { printf "%s | %13.2f %6.2f %6.2f  | %s\n", row,
    at[int((NR + 1) / 2)], at[int(NR * 0.99)], at[NR], cpu }'
kill "$server"
