#!/bin/bash
# Installs the Debian package nlinit of this machine's architecture into bare systems of Debian 12 and 13, runs what it
# brings, removes it, and finds every file of the system as it was before. The systems are made by debootstrap once and
# kept in ~/.cache/nlinit. Needs root and scripts/package.sh.
#   tests/package/installed.sh [bookworm|trixie]…
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/nlinit
folder=$PWD/build/installed
arch=$(dpkg --print-architecture)
read -ra suites <<<"${*:-bookworm trixie}"

# bare_system SUITE: a tarball of it in the cache.
bare_system() {
    local tarball=$cache/$1-$arch.tar made=$folder/made
    [[ ! -e $tarball ]] || return 0
    mkdir -p "$cache"
    logged "debootstrap_$1" debootstrap --variant=minbase --arch="$arch" "$1" "$made" || return
    rm -rf "$made"/var/cache/apt/archives/*.deb "$made"/var/lib/apt/lists/*
    tar -C "$made" --exclude='./dev/*' -cf "$tarball.new" .
    rm -rf "$made"
    mv "$tarball.new" "$tarball"
}

# within COMMAND…: in the system, with namespaces of its own for mounts, processes and the network.
within() {
    unshare --mount --pid --fork --net --mount-proc="$root/proc" \
        chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

# Everything in the system with its kind, mode, owner and content, but for what dpkg keeps of its own doings.
inventory() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/log/dpkg.log \) -prune \
        -o \( -type f -exec sha256sum {} + \) -o \( ! -type f -printf '%y %m %u %p %l\n' \) | LC_ALL=C sort)
}

check_system() {
    local suite=$1 said
    root=$folder/$suite
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$cache/$suite-$arch.tar"
    inventory >"$folder/before"
    cp build/packages/nlinit_*_"$arch".deb "$root/tmp"
    within sh -c 'dpkg -i /tmp/nlinit_*.deb' >"$folder/log" 2>&1 || die "$suite: $(<"$folder/log")"
    said=$(within nlinit --version)
    [[ $said == "nlinit "* ]] || die "$suite: nlinit said '$said'"
    within nlinit check /usr/share/doc/nlinit/examples/firecracker.toml || die "$suite: the example is not fine"
    within nlinit netsetup lo --static 192.0.2.1/24 --json >"$folder/log" || die "$suite: $(<"$folder/log")"
    within dpkg --verify nlinit || die "$suite: files are not those of the package"
    within dpkg --purge nlinit >"$folder/log" 2>&1 || die "$suite: $(<"$folder/log")"
    rm -f "$root"/tmp/*.deb
    [[ -z $(find "$root/var/lib/dpkg/info" -name 'nlinit*') ]] || die "$suite: dpkg still knows it"
    inventory >"$folder/after"
    diff "$folder/before" "$folder/after" || die "$suite: something is left, or gone"
    rm -rf "$root"
    printf '%s: installed, run, removed without a trace: %s\n' "$suite" "$(head -n 1 <<<"$said")"
}

((EUID == 0)) || die "needs root"
ls build/packages/nlinit_*_"$arch".deb >/dev/null || die "no packages: scripts/package.sh makes them"
mkdir -p "$folder"
for suite in "${suites[@]}"; do
    bare_system "$suite" || die "debootstrap made no $suite"
    check_system "$suite"
done
