# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/bench.sh: machines that all ask for their IPv6 at the same moment, on one bridge, where dnsmasq
# advertises a prefix and says that other configuration is to be had by DHCPv6 (O). Uses $folder, $nlinit, $jobs.
# shellcheck disable=SC2154

# bench_herd_ipv6: one size after the other, each in namespaces of its own that end with it.
bench_herd_ipv6() {
    local sizes size status
    mapfile -t sizes < <(tr ' ' '\n' <<<"${HERD:-200 500}" | sort -n)
    stage "herd_ipv6: ${sizes[*]} machines"
    printf '%-9s %-12s %-14s | %-28s | %s\n' machines 'with IPv6' 'name servers' 's from start: median p99 max' "dnsmasq's CPU s"
    for size in "${sizes[@]}"; do
        status=0
        timeout -s KILL $((60 + size)) unshare --net --mount --pid --fork --kill-child --mount-proc \
            bash tests/bench/herd_ipv6.sh "$size" "$nlinit" "$folder" </dev/null &
        jobs+=($!)
        wait "$!" || status=$?
        ((status == 0)) || die "the herd of $size ended with status $status; see $folder/herd_ipv6"
    done
}
