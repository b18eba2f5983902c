#!/bin/bash
# Gets Debian's cloud kernel with its modules into build/kernel, without installing it: the demo and the VM tests boot
# it. A kernel that is there already is kept. Prints the path of the kernel and of its modules, a line each.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

folder=build/kernel
complete=$folder/complete # made last: whatever was interrupted before is done again

real_package() {
    apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '$1 == "Depends:" && /linux-image-6/ {print $2; exit}'
}

fetch() {
    rm -rf "$folder"
    mkdir -p "$folder/root"
    local package
    package=$(real_package)
    if [[ -z $package ]]; then
        logged apt_update timeout -s KILL 180 apt-get update >&2
        package=$(real_package)
    fi
    [[ -n $package ]] || die "apt knows no linux-image-cloud-amd64"
    # apt's own user may not write here, and says so at length: root fetches.
    (cd "$folder" && timeout -s KILL 300 apt-get download -qq -o APT::Sandbox::User=root "$package") ||
        die "apt-get could not fetch $package"
    dpkg -x "$folder/$package"_*.deb "$folder/root"
    rm "$folder/$package"_*.deb
    depmod -b "$folder/root" "${package#linux-image-}"
    touch "$complete"
}

[[ -e $complete ]] || fetch
printf '%s\n' "$folder"/root/boot/vmlinuz-* "$folder"/root/lib/modules/*
