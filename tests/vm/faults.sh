#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Boots a machine for every system call that nlinit makes and two of its errors, in which that call always fails, and
# looks at what became of it: whatever fails, no kernel panics, and the machine comes to its end. One that has not
# within a while is told to by ctrl-alt-del; one that cannot end, for reboot(2) is what fails, has to say so. Two run
# at a time, in build/vm/faults. The last lines are a table and `N passed, N failed`.
#   tests/vm/faults.sh [NAME…]      the system calls; default: all of a boot
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/vm.sh"

all=build/vm/faults
patience=${PATIENCE:-15} # seconds; a machine without a fault needs 4
limit=45

# remind FOLDER: tells the machine to end, in a while. No sleep(1), which would outlive this shell.
remind() {
    read -r -t "$patience" <>"$1/never" || true
    touch "$1/told"
    vm_monitor 'sendkey ctrl-alt-delete'
}

# one NAME NUMBER ERROR CODE: a machine; what became of it goes to its folder's `outcome`.
one() {
    local folder=$all/$1.$3 outcome said=
    mkdir -p "$folder"
    printf '%s %s failed: it was not looked at\n' "$1" "$3" >"$folder/outcome"
    mkfifo "$folder/never"
    ln -f "$all/initramfs.cpio.gz" "$folder/"
    # The machine that cannot end is ended here.
    # shellcheck disable=SC2317
    vm_line() {
        case $1 in
            *'PID 1 stays'* | *'reboot(2) was refused'*)
                touch "$folder/stays"
                vm_monitor quit
                ;;
            'faults: call '*)
                remind "$folder" &
                VM_JOBS+=($!)
                ;;
        esac
    }
    vm_boot "$folder" "$limit" "loglevel=7 fault=$2:$4" "${NIC[@]}" >"$folder/boot" || said=$(<"$folder/boot")
    if grep -q 'Kernel panic' "$folder/serial.log"; then
        outcome="failed: $(grep -m 1 -o 'Kernel panic.*' "$folder/serial.log")"
    elif ! grep -q "faults: call $2 fails with $4" "$folder/serial.log"; then
        outcome="failed: nothing was made to fail: $said"
    elif [[ -n $said ]]; then
        outcome="failed: $said"
    elif [[ -e $folder/stays && $1 == reboot ]]; then
        outcome="stays, and says so"
    elif [[ -e $folder/stays ]]; then
        outcome="failed: it stays"
    elif grep -q 'nlinit: crash:' "$folder/serial.log"; then
        outcome="failed: $(grep -m 1 -o 'nlinit: crash:.*' "$folder/serial.log")"
    elif ! grep -Eq 'reboot: (Power down|Restarting system)' "$folder/serial.log"; then
        outcome="failed: no end"
    elif [[ -e $folder/told ]]; then
        outcome="ended when told to"
    else
        outcome="ended"
    fi
    printf '%s %s %s\n' "$1" "$3" "$outcome" >"$folder/outcome"
}

# shellcheck disable=SC2054 # the commas are QEMU's
NIC=(-netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile=)
VM_MODULES=virtio_pci,virtio_net
trap vm_end EXIT
trap 'exit 130' INT TERM
if [[ ${1:-} == --one ]]; then
    one "${@:2}"
    exit
fi

[[ $VM_ARCH == amd64 ]] || die "the system calls are known for amd64 only"
[[ -x $VM_NLINIT ]] || die "no $VM_NLINIT: scripts/build.sh makes it"
rm -rf "$all"
mkdir -p "$all"
vm_prepare
logged faults_init g++ -std=c++20 -Os -Wall -Wextra -static -s -o "$all/init" tests/vm/faults_init.cpp
build/asan/tests/faults/nlinit_faults "$VM_NLINIT" "$all/calls" list >"$all/list"
cat >"$all/nlinit.toml" <<'TOML'
[network]
timeout = "1s"
link_timeout = "1s"
[payload]
command = ["/init"]
on_exit = "poweroff"
stop_timeout = "1s"
TOML
# shellcheck disable=SC2317
vm_more_files() { install -D "$nlinit" "$1/sbin/nlinit"; }
nlinit=$VM_NLINIT
VM_NLINIT=$all/init vm_initramfs "$all" "$all/nlinit.toml"

names=" $* "
while read -r name rest; do
    [[ $name == excluded ]] || { (($# > 0)) && [[ $names != *" $name "* ]]; } || printf '%s %s\n' "$name" "$rest"
done <"$all/list" >"$all/wanted"
[[ -s $all/wanted ]] || die "none of these is a call of a boot: $*"
xargs -P 2 -L 1 bash tests/vm/faults.sh --one <"$all/wanted" || true

# Calls, their errors, and how many machines came to their end.
total=$(wc -l <"$all/wanted")
find "$all" -mindepth 2 -maxdepth 2 -name outcome -exec cat {} + | sort | awk -v total="$total" '
    {
        what = $0
        sub(/^[^ ]+ [^ ]+ /, "", what)
        if (!($1 in all)) order[++calls] = $1
        ++all[$1]
        if (what !~ /^failed/) { ++good[$1]; ++survived }
        text[$1] = text[$1] (text[$1] == "" ? "" : "; ") $2 ": " what
    }
    END {
        printf "%-16s %8s  %s\n", "call", "survived", "what became of the machine"
        for (i = 1; i <= calls; i++)
            printf "%-16s %4d/%-3d  %s\n", order[i], good[order[i]], all[order[i]], text[order[i]]
        printf "%-16s %4d/%-3d\n", "all", survived, total
    }'
sed -n 's/^excluded \([^ ]*\) /excluded: \1: /p' "$all/list"
failed=$((total - $(cat "$all"/*/outcome | grep -cv '^[^ ]* [^ ]* failed' || true)))
printf '%d passed, %d failed\n' $((total - failed)) "$failed"
((failed == 0))
