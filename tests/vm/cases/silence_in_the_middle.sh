# SPDX-License-Identifier: Apache-2.0
# A share and a disk fall silent while the payload runs, and then everything comes to the paths that lead there: a lease
# file and resolv.conf of a new lease, the config at SIGHUP, the report, and passwd when the payload is started again.
# The lease is renewed by its server, which is in the guest too, orphans are reaped, and the end has its time.
once
# shellcheck source=/dev/null
source tests/vm/silence.sh
busybox
disk data
silent_disk dead
silent_share share
cat >"$folder/share/passwd" <<<'admin:x:0:0::/:'
VM_MODULES=virtio_pci,virtio_blk,virtio_net,virtiofs,ext4
vm_more_files() {
    install -D "$VM_BUSYBOX" "$1/bin/busybox"
    ln -s /Users/passwd "$1/etc/passwd"
    ln -s /dead/resolv.conf "$1/etc/resolv.conf"
    cp "$1/etc/nlinit.toml" "$folder/share/nlinit.toml"
    cat >"$1/etc/udhcpd.conf" <<'END'
interface eth1
start 10.9.0.50
end 10.9.0.50
option subnet 255.255.255.0
option router 10.9.0.1
option dns 10.9.0.1
option lease 30
END
}
vm_has_keyboard
config <<TOML
[system]
report = "/Users/boot.json"
[network]
wait = false
[network.dhcp]
lease_file = "/Users/lease/%i"
[[network.interface]]
match = "eth0"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[[mount]]
source = "/dev/vdb"
target = "/dead"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
busybox mount -o bind /Users/nlinit.toml /etc/nlinit.toml
busybox unshare -n busybox sh -c '
    until busybox ip link set eth1 up; do busybox usleep 50000; done 2> /dev/null
    busybox ip address add 10.9.0.1/24 dev eth1
    busybox touch /run/udhcpd.leases
    busybox udhcpd -f /etc/udhcpd.conf 2>&1 | while read line; do
        case \$line in *ACK*) acks=x\$acks ;; esac
        [ \$acks. != xx. ] || busybox touch /run/renewed
    done' &
server=\$!
while [ "\$(busybox readlink /proc/\$server/ns/net)" = "\$(busybox readlink /proc/self/ns/net)" ]; do :; done
busybox ip link set eth1 netns \$server
echo silence, please
until [ "\$(busybox cat /sys/class/net/eth0/carrier)" = 1 ]; do busybox usleep 50000; done 2> /dev/null
busybox kill -HUP 1
busybox dd if=/dev/zero of=/dead/file bs=64k count=4 2> /dev/null &
busybox dd if=/dev/zero of=/data/file bs=64k count=4 2> /dev/null
until [ -e /run/renewed ]; do busybox usleep 50000; done
$ORPHAN
"""]
user = "admin"
restart = "always"
stop_timeout = "1s"
[shutdown]
timeout = "8s"
TOML
LIMIT=240
starts=0
vm_line() {
    case $1 in
        *'Run /init as init process'*) vm_monitor 'set_link net0 off' ;;
        'silence, please')
            silence
            vm_monitor 'set_link net0 on'
            ;;
        *'nlinit: payload: started'*)
            starts=$((starts + 1))
            if ((starts == 2)); then vm_monitor 'sendkey ctrl-alt-delete'; fi
            ;;
        *'nlinit: shutdown: '[ph]* | *'nlinit: shutdown: reboot'*) no_more_silence ;;
    esac
}
boot "loglevel=8 nlinit.log=debug" "${DISK[@]}" "${DEAD[@]}" "${SHARE[@]}" "${VM_KEYBOARD[@]}" \
    -netdev hubport,id=net0,hubid=0 -device virtio-net-pci,netdev=net0,romfile= \
    -netdev hubport,id=net1,hubid=0 -device virtio-net-pci,netdev=net1,romfile=
expect 'read /etc/nlinit.toml: no answer within 5 s; the network stays as it is'
expect 'eth0: write lease file /Users/lease/eth0: no answer within 5 s'
expect 'write /etc/resolv.conf: no answer within 5 s'
expect 'eth0: RENEWING -> BOUND'
expect '^orphan reaped$'
((starts == 2)) || wrong+=("the payload was started $starts times")
expect_within 11000 'boot: signal 2' 'shutdown: reboot'
for hung in '[^ ]+ \(virtiofs\)' '/dead \(ext4\)'; do
    expect "mount: sync $hung: no answer in time; it is left as it is"
done
expect_clean data
