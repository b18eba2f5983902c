#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Gets Debian's cloud kernel with its modules into build/kernel-ARCH, without installing it: the demo and the VM tests
# boot it. A kernel that is there already is kept. Prints the path of the kernel and of its modules, a line each.
#   scripts/fetch_kernel.sh [ARCH]      as Debian calls it; default: this machine's
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/debian.sh"

arch=${1:-$(dpkg --print-architecture)}
folder=build/kernel-$arch
complete=$folder/complete # made last: whatever was interrupted before is done again

# unpack: false also if apt's index is missing, or too old to name a package that is still there.
unpack() {
    rm -rf "$folder"
    package=$(newest_dependency "$arch" "linux-image-cloud-$arch" '^linux-image-[0-9]')
    [[ -n $package ]] && unpack_packages "$arch" "$folder/root" "$package"
}

fetch() {
    local package
    unpack 2>/dev/null || { update_index "$arch" >&2 && unpack; } ||
        die "apt-get could not fetch a cloud kernel for $arch"
    link_modules "$folder/root"
    depmod -b "$folder/root" "${package#linux-image-}"
    touch "$complete"
}

mkdir -p build
exec {lock}>"build/kernel-$arch.lock"
flock "$lock" # another script may be fetching it
[[ -e $complete ]] || fetch
printf '%s\n' "$folder"/root/boot/vmlinuz-* "$folder"/root/lib/modules/*
