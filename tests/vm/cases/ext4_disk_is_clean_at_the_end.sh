# SPDX-License-Identifier: Apache-2.0
# A disk that is written to until the last moment, by a payload that does not heed SIGTERM, and which is the upper layer
# of an overlay besides: the end has to make it read-only by its own mount before that is gone.
once
busybox
disk data
VM_MODULES+=,ext4,overlay
for end in poweroff reboot; do
    config <<TOML
profile = "none"
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
trap '' TERM
PATH=/bin
cd /data && busybox mkdir -p lower upper work merged
busybox mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay /data/merged || echo no overlay
turn=0
while :; do
    busybox dd if=/dev/zero of=/data/merged/file bs=64k count=64 2>/dev/null
    echo line >> /data/log
    turn=\$((turn + 1))
    if [ \$turn = 2 ]; then busybox $end; fi
done
"""]
stop_timeout = "1s"
TOML
    boot "loglevel=7" "${DISK[@]}"
    refuse 'no overlay'
    expect 'the payload, process [0-9]+, did not end and is killed'
    refuse 'mount: .*(remount|unmount|sync) '
    expect '2 filesystems made read-only'
    expect "nlinit: shutdown: $end"
    expect_clean data
done
