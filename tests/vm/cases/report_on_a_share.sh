# SPDX-License-Identifier: Apache-2.0
# The report of a boot is read by the host: on a share, with the payload's end and the machine's, and nlinit shows it as
# a picture. In the guest it is a table.
once
config <<'TOML'
profile = "arcbox"
[system]
report = "/Users/boot.json"
[payload]
command = ["/sbin/payload", "--report", "--exit", "42"]
on_exit = "poweroff"
TOML
mkdir "$folder/share"
vm_share "$folder" share
boot "root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${NIC[@]}" "${VM_SHARE[@]}"

expect '^Network usable after [0-9.]+ ms, payload after [0-9.]+ ms; the kernel took [0-9.]+ ms before\.$'
expect '^ +[0-9.]+ +[0-9.]+  \| *-+ *\|   mount tmpfs on /etc$'
expect '^ +[0-9.]+  +\| *> *\|   eth0: DISCOVER to 255\.255\.255\.255$'
# IPv6 of QEMU's router may be there by then.
expect '^  eth0: 10\.0\.2\.15/24, default via 10\.0\.2\.2(,|$)'
expect '^    runs as process [0-9]+$'
report=$folder/share/boot.json
for member in '"exit_status": 42' '"end": "poweroff"' '"network_ms": [0-9]' '"payload_ms": [0-9]' '"kernel_ms": [0-9]{3}'; do
    grep -Eq "$member" "$report" || wrong+=("the report on the share has no $member")
done
"$(release_program "$(host_architecture)")" report --svg "$report" >"$folder/boot.svg" || wrong+=("nlinit cannot show the report on the share")
for text in '>eth0<' '>DISCOVER<' '>ACK<' '/sbin/payload --report --exit 42, ended with status 42'; do
    grep -q -- "$text" "$folder/boot.svg" || wrong+=("the picture has no $text")
done
