# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# What a share and a disk of the host need to fall silent, each with its server stopped: who asks for anything of them
# waits uninterruptibly. Sourced by cases, in whose words it is.

# silent_share NAME, silent_disk NAME: $folder/NAME as a share, and $folder/NAME.ext4 as a disk; SHARE and DEAD have the
# arguments for QEMU.
SERVERS=()
silent_share() {
    mkdir -p "$folder/$1"
    vm_share "$folder" "$1"
    # virtiofsd is a process below the job that started it.
    mapfile -t -O "${#SERVERS[@]}" SERVERS < <(pgrep -P "${VM_JOBS[-1]}")
    # shellcheck disable=SC2034
    SHARE=("${VM_SHARE[@]}")
}
silent_disk() {
    truncate -s 32M "$folder/$1.ext4"
    mkfs.ext4 -q -F "$folder/$1.ext4"
    (cd "$folder" && exec qemu-storage-daemon --blockdev "driver=file,node-name=disk,filename=$1.ext4" \
        --nbd-server "addr.type=unix,addr.path=$1.sock" \
        --export type=nbd,id=export,node-name=disk,name=disk,writable=on >"$1.log" 2>&1 </dev/null) &
    VM_JOBS+=($!)
    SERVERS+=($!)
    wait_until 5 test -S "$folder/$1.sock" || die "qemu-storage-daemon made no socket; see $folder/$1.log"
    # shellcheck disable=SC2034,SC2054
    DEAD=(-drive "if=none,id=$1,file=nbd:unix:$1.sock:exportname=disk,format=raw" -device "virtio-blk-pci,drive=$1")
}

# silence, and its end: QEMU itself waits for both servers when the machine ends.
silence() { kill -STOP "${SERVERS[@]}"; }
no_more_silence() { kill -CONT "${SERVERS[@]}"; }

# For the shell of a payload: a child that is left to PID 1, and gone when that has reaped it.
# shellcheck disable=SC2034
ORPHAN="busybox sh -c 'busybox usleep 100000 & echo \$! > /run/orphan'
while [ -e /proc/\$(busybox cat /run/orphan) ]; do busybox usleep 50000; done
echo orphan reaped"

# time_of REGEX: of the first line that matches, in milliseconds of the guest's clock, which is that of its limits.
time_of() { sed -nE "/$1/{s/^\[ *([0-9]+)\.([0-9]{3}).*/\1\2/p;q}" "$folder/serial.log"; }

# expect_within MILLISECONDS FROM TO: so much time between two lines at most.
expect_within() {
    local from to
    from=$(time_of "$2")
    to=$(time_of "$3")
    if [[ -z $from || -z $to ]]; then
        wrong+=("no time from '$2' ($from) to '$3' ($to)")
    elif ((to - from > $1)); then
        wrong+=("from '$2' to '$3' it took $((to - from)) ms, and not $1 at most")
    fi
    printf '%6d ms from %s to %s\n' $((${to:-0} - ${from:-0})) "$2" "$3" >>"$folder/times"
}
