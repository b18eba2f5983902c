# SPDX-License-Identifier: Apache-2.0
# Sourced by bench.sh: from carrier to an IPv6 that can be used, by what radvd advertises. The kernel alone is measured as
# it is, and with the settings that make it fast; then Debian's other clients, each in the way that is for IPv6 alone.
# shellcheck disable=SC2154

name_server=2001:db8:64::53

# start_router: at the server's end. The wire's other end has the client's MAC address, and no IPv6, whose probes would
# find the client's link-local address taken.
start_router() {
    nsenter --net="/run/netns/$server" bash -euc '
        echo 1 >/proc/sys/net/ipv6/conf/wire0/disable_ipv6
        echo 0 >/proc/sys/net/ipv6/conf/srv0/accept_dad
        echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
    ip -n "$server" link set srv0 down
    ip -n "$server" link set srv0 up
    ip -n "$server" address add 2001:db8:64::1/64 dev srv0
    # Rarely unasked: what is measured is an answer.
    cat >"$folder/radvd.conf" <<END
interface srv0 {
    AdvSendAdvert on;
    MinRtrAdvInterval 1350;
    MaxRtrAdvInterval 1800;
    prefix 2001:db8:64::/64 { };
    RDNSS $name_server { };
};
END
    chmod 644 "$folder/radvd.conf"
    "${server_cpu[@]}" nsenter --net="/run/netns/$server" radvd -n -d 1 -m stderr -C "$folder/radvd.conf" \
        -p "$folder/radvd.pid" >"$folder/radvd.log" 2>&1 </dev/null &
    router=$!
    jobs+=("$router")
    wait_until 5 grep -q 'next iface is srv0' "$folder/radvd.log" || die "radvd did not start; see $folder/radvd.log"
}

# others_of_ipv6: a line 'NAME|NAME_FILE|COMMAND' for each other client that is here, and on standard error those that
# are not.
others_of_ipv6() {
    local path fresh="$PWD/tests/bench/fresh_state.sh /var/lib/dhcpcd" networkd=/lib/systemd/systemd-networkd index
    [[ ${OTHERS:-1} != 0 ]] || return 0
    if path=$(command -v dhcpcd); then
        echo "dhcpcd -6|/etc/resolv.conf|$fresh $path --oneshot --ipv6only eth0"
        echo "dhcpcd -6, no delays|/etc/resolv.conf|$fresh $path --oneshot --ipv6only --nodelay eth0"
    else
        echo "no dhcpcd here (Debian: dhcpcd-base)" >&2
    fi
    if [[ -x $networkd ]] && getent passwd systemd-network >/dev/null; then
        index=$(ip -n "$guest" -oneline link show eth0 | cut -d : -f 1)
        echo "systemd-networkd|/run/systemd/netif/links/$index|$PWD/tests/bench/networkd.sh eth0"
    else
        echo "no systemd-networkd here (Debian: systemd)" >&2
    fi
}

bench_ipv6() {
    local contenders=() others=() status=0 up="$folder/link_up eth0"
    compile ipv6 tests/bench/{ipv6,ipv6_trial,router_tap,name_file,link_settings,quartiles,guest,rtnetlink,process}.cpp
    compile link_up tests/bench/{link_up,guest,rtnetlink,process}.cpp
    start_router
    mapfile -t others < <(others_of_ipv6)
    contenders=(
        "kernel, its defaults|-|$up"
        "kernel, no delay|-|$up router_solicitation_delay=0"
        "kernel, and optimistic|-|$up router_solicitation_delay=0 optimistic_dad=1 use_optimistic=1"
        "kernel, and no probes|-|$up router_solicitation_delay=0 accept_dad=0"
        "nlinit -6|/etc/resolv.conf|$nlinit netsetup -6 --resolv-conf /etc/resolv.conf eth0"
    )
    [[ ! -v BEFORE ]] ||
        contenders+=("before -6|/etc/resolv.conf|$BEFORE netsetup -6 --resolv-conf /etc/resolv.conf eth0")
    contenders+=("${others[@]}")
    stage "ipv6: ${#contenders[@]} clients, $rounds rounds"
    # In the background, for a trap waits for what is in the foreground.
    in_guest "${watcher_cpu[@]}" timeout -s KILL $((60 + rounds * ${#contenders[@]} * 21)) \
        tests/bench/private_system.sh "$folder/ipv6" eth0 "$rounds" "$client_cpu" "$name_server" "${contenders[@]}" \
        2>"$folder/ipv6_clients.log" </dev/null &
    jobs+=($!)
    wait "$!" || status=$?
    kill "$router" # other words measure without a router
    ((status == 0)) || die "measuring ended with status $status; what the clients said is in $folder/ipv6_clients.log"
}
