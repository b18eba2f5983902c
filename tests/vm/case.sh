#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One VM test: the words that a case is written in, then the case itself. run.sh calls it.
#   tests/vm/case.sh RESULTS_FOLDER NAME ARCH
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
VM_ARCH=$3
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/vm.sh"

name=$(basename "$2" .sh)
title=$VM_ARCH/$name
results=$1/$VM_ARCH.$name
folder=build/vm/$title
wrong=()

# What cases/*.sh put together for QEMU.
# shellcheck disable=SC2034,SC2054
NIC=(-netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile=)
# shellcheck disable=SC2034,SC2054
NIC2=(-netdev user,id=net1,net=10.0.3.0/24 -device virtio-net-pci,netdev=net1,romfile=)
# shellcheck disable=SC2034,SC2054
ROOT=(-drive if=none,id=root,file=root.erofs,format=raw,readonly=on -device virtio-blk-pci,drive=root)

# config: standard input is /etc/nlinit.toml of the guest.
config() { cat >"$folder/nlinit.toml"; }

# What the kernel shows on the console, unless a case sets it: warnings too.
LEVEL="quiet loglevel=5"

# boot WORDS QEMU_ARGUMENT…: the guest from power-on to its end, WORDS on the kernel's command line. With root= the
# config is in the root's /etc, else in the initramfs's.
boot() {
    local outcome
    if [[ $1 == *root=* ]]; then
        ((${#VM_INITRAMFS[@]} == 0)) || vm_initramfs "$folder"
        vm_root "$folder" "$folder/nlinit.toml"
    else
        vm_initramfs "$folder" "$folder/nlinit.toml"
    fi
    # No subshell: vm_line talks to the guest through a descriptor of this one.
    vm_boot "$folder" "${LIMIT:-60}" "$LEVEL $1" "${@:2}" >"$folder/outcome" || true
    outcome=$(<"$folder/outcome")
    [[ -z $outcome ]] || wrong+=("$outcome")
    refuse 'Kernel panic'
}

# once: nothing in this case depends on the architecture, so that it runs on the first one only. run.sh reads the line in
# the case's file.
once() { :; }
# slow: only where it is named, for it takes minutes. run.sh reads it.
slow() { :; }

# only ARCH…: for these architectures. run.sh reads the line in the case's file, whose comment says why.
only() { [[ " $* " == *" $VM_ARCH "* ]] || die "$name is for $* only"; }

# busybox: the guest has a static busybox, and its applets by name where a case asks for them.
busybox() {
    # shellcheck disable=SC2317
    vm_more_files() { install -D "$VM_BUSYBOX" "$1/bin/busybox"; }
}

# no_initramfs: the kernel mounts the root, which needs a disk and a filesystem that are built in: NVME_ROOT has ext4 on
# NVMe, read-only, with the modules that nlinit loads.
no_initramfs() {
    VM_INITRAMFS=()
    # shellcheck disable=SC2034,SC2054
    NVME_ROOT=(-drive if=none,id=root,file=root.ext4,format=raw,readonly=on -device nvme,serial=1,drive=root)
    # shellcheck disable=SC2317
    vm_root() {
        tree_of_root "$1" "$2"
        vm_modules "$1/root"
        truncate -s 64M "$1/root.ext4"
        mkfs.ext4 -q -F -d "$1/root" "$1/root.ext4"
    }
}

# disk NAME: $folder/NAME.ext4, empty, as a disk of the guest's: DISK has the arguments for QEMU. The guest needs ext4.
disk() {
    truncate -s 32M "$folder/$1.ext4"
    mkfs.ext4 -q -F "$folder/$1.ext4"
    # shellcheck disable=SC2034,SC2054
    DISK=(-drive "if=none,id=$1,file=$1.ext4,format=raw" -device "virtio-blk-pci,drive=$1")
}

# expect_clean NAME: the filesystem was left as after an orderly end, with nothing in its journal to be done again.
expect_clean() {
    local header found
    found=$(e2fsck -fn "$folder/$1.ext4" 2>&1) || wrong+=("$1.ext4 has errors: $(tail -n 3 <<<"$found")")
    header=$(dumpe2fs -h "$folder/$1.ext4" 2>/dev/null)
    grep -Eq '^Filesystem state: +clean$' <<<"$header" || wrong+=("$1.ext4 is not marked as clean")
    ! grep -q needs_recovery <<<"$header" || wrong+=("$1.ext4 has a journal to be replayed")
}

# expect REGEX, refuse REGEX: some line of the console matches, none does.
expect() { grep -Eq -- "$1" "$folder/serial.log" || wrong+=("no line matches: $1"); }
refuse() { ! grep -Eq -- "$1" "$folder/serial.log" || wrong+=("a line matches: $1"); }

# A case that does not come to its end has failed as well.
end() {
    vm_end
    [[ -e $results.passed || -e $results.failed ]] || printf 'FAIL %s (%d s): no end\n' "$title" "$SECONDS"
}

trap end EXIT
trap 'exit 130' INT TERM
[[ -f tests/vm/cases/$name.sh ]] || die "no case $name in tests/vm/cases"
rm -rf "$folder"
mkdir -p "$folder"
config <<'TOML'
[payload]
command = ["/sbin/payload", "--exit", "42"]
on_exit = "poweroff"
TOML
# shellcheck disable=SC1090
source "tests/vm/cases/$name.sh"

if ((${#wrong[@]} > 0)); then
    {
        printf 'FAIL %s (%d s)\n' "$title" "$SECONDS"
        printf '     %s\n' "${wrong[@]}"
        printf '     the end of %s:\n' "$folder/serial.log"
        tail -n 30 "$folder/serial.log" | sed 's/^/     | /'
    } >"$results.failed"
    cat "$results.failed"
    exit 1
fi
printf 'PASS %s (%d s)\n' "$title" "$SECONDS" | tee "$results.passed"
