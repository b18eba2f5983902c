# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/bench.sh: machines that all ask for their network at the same moment, in namespaces of which none is
# left when the program that makes them ends. Uses $folder, $nlinit, $busybox, $jobs.

# kea_configuration: without a lease file, which would measure the disk. INFO for the line that says that it serves.
kea_configuration() {
    cat <<'END'
{"Dhcp4": {
    "interfaces-config": {"interfaces": ["br0"], "dhcp-socket-type": "raw"},
    "lease-database": {"type": "memfile", "persist": false},
    "valid-lifetime": 3600, "authoritative": true, "echo-client-id": true,
    "subnet4": [{
        "id": 1, "subnet": "10.77.0.0/20", "pools": [{"pool": "10.77.4.0 - 10.77.11.255"}],
        "option-data": [{"name": "routers", "data": "10.77.0.1"},
                        {"name": "domain-name-servers", "data": "10.77.0.1"}]}],
    "loggers": [
        {"name": "kea-dhcp4", "severity": "WARN", "output_options": [{"output": "stdout"}]},
        {"name": "kea-dhcp4.dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]}]
}}
END
}

# herd_servers: a line 'NAME|what it prints when it serves|COMMAND' each.
herd_servers() {
    # shellcheck disable=SC2054 # the commas are dnsmasq's
    local dnsmasq=(
        "$(command -v dnsmasq)" --keep-in-foreground --conf-file=/dev/null --user=root --port=0
        --interface=br0 --bind-interfaces --no-ping --dhcp-authoritative --dhcp-rapid-commit --quiet-dhcp
        --log-facility=- --pid-file="$folder/dnsmasq_herd.pid" --leasefile-ro --dhcp-lease-max=2000
        --dhcp-range=10.77.4.0,10.77.11.255,255.255.240.0,1h
        --dhcp-option=option:router,10.77.0.1 --dhcp-option=option:dns-server,10.77.0.1
    )
    echo "dnsmasq|sockets bound|${dnsmasq[*]}"
    echo "kea|DHCP4_STARTED|$(command -v kea-dhcp4) -c $folder/kea.json"
}

# bench_herd: everything at once, and with the server coming 12 s after its clients.
bench_herd() {
    local sizes rounds=${HERD_ROUNDS:-2} servers=() clients status=0
    mapfile -t sizes < <(tr ' ' '\n' <<<"${HERD:-200 500}" | sort -n)
    stage "herd: ${sizes[*]} machines, $rounds rounds"
    rm -f "$folder"/herd_*.log
    kea_configuration >"$folder/kea.json"
    mapfile -t servers < <(herd_servers)
    # nlinit never gives up while a machine boots: a limit that no run reaches. The seed's flow ends by itself.
    clients=(
        "nlinit|$nlinit netsetup --timeout 60s eth0"
        "busybox flow|$folder/busybox_flow $busybox eth0 $folder/machines/%"
    )
    seq -f "$folder/machines/%.0f" 0 $((sizes[-1] - 1)) | xargs mkdir -p
    # In the background, for a trap waits for what is in the foreground.
    KEA_PIDFILE_DIR=$folder KEA_LOCKFILE_DIR=$folder timeout -s KILL $((60 + ${#sizes[@]} * rounds * 320)) \
        nice -n -20 unshare --net --pid --fork --kill-child --mount-proc \
        "$folder/herd" "$(IFS=, && echo "${sizes[*]}")" 12 "$rounds" "$folder" 10.77.0.1/20 \
        "${servers[@]}" -- "${clients[@]}" 2>"$folder/herd_clients.log" </dev/null &
    jobs+=($!)
    wait "$!" || status=$?
    ((status == 0)) || die "the herd ended with status $status; see $folder/herd_*.log"
}
