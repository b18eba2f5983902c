#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages of this machine's architecture into bare systems of Debian 12 and 13, uses what each brings,
# removes it, and finds every file of the system as it was before: nlinit where nothing else is, libnlinit-dev beside what
# it depends on and a compiler, which builds a program with it. The systems are made by debootstrap once and kept in
# ~/.cache/nlinit. Needs root and scripts/package.sh.
#   tests/package/installed.sh [bookworm|trixie]…
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/nlinit
folder=$PWD/build/installed
arch=$(dpkg --print-architecture)
read -ra suites <<<"${*:-bookworm trixie}"

# make_system NAME SUITE [OPTION…]: a tarball of it in the cache, by debootstrap with these options.
make_system() {
    local tarball=$cache/$1.tar made=$folder/made name=$1 suite=$2
    shift 2
    [[ ! -e $tarball ]] || return 0
    mkdir -p "$cache"
    rm -rf "$made"
    logged "debootstrap_$name" debootstrap --variant=minbase --arch="$arch" "$@" "$suite" "$made" ||
        die "debootstrap made no $name"
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

# check_package NAME SYSTEM USE: installs the package, calls USE, removes it.
check_package() {
    local name=$1 said
    system=$2
    root=$folder/$system
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$cache/$system.tar"
    inventory >"$folder/before"
    cp "build/packages/${name}_"*"_$arch.deb" "$root/tmp/package.deb"
    within dpkg -i /tmp/package.deb >"$folder/log" 2>&1 || die "$system: $(<"$folder/log")"
    said=$("$3")
    within dpkg --verify "$name" || die "$system: files are not those of $name"
    within dpkg --purge "$name" >"$folder/log" 2>&1 || die "$system: $(<"$folder/log")"
    rm -rf "$root"/tmp/*
    [[ -z $(find "$root/var/lib/dpkg/info" -name "$name*") ]] || die "$system: dpkg still knows $name"
    inventory >"$folder/after"
    diff "$folder/before" "$folder/after" || die "$system: $name left something, or took it away"
    rm -rf "$root"
    printf '%s: %s installed, used, removed without a trace: %s\n' "$system" "$name" "$said"
}

use_program() {
    local said
    said=$(within nlinit --version)
    [[ $said == "nlinit "* ]] || die "$system: nlinit said '$said'"
    within nlinit check /usr/share/doc/nlinit/examples/firecracker.toml >&2 || die "$system: the example is not fine"
    within nlinit netsetup lo --static 192.0.2.1/24 --json >"$folder/log" || die "$system: $(<"$folder/log")"
    head -n 1 <<<"$said"
}

# The compiler of the system, not that of the archives.
use_library() {
    local said
    mkdir "$root/tmp/embedding"
    cp tests/package/{Makefile,pure_client.cpp,lease_keeper.cpp,lease_keeper.hpp} "$root/tmp/embedding"
    within make -C /tmp/embedding >"$folder/log" 2>&1 || die "$system: $(<"$folder/log")"
    said=$(within /tmp/embedding/pure_client | tail -n 1)
    [[ $said == "unbind 192.0.2.50" ]] || die "$system: the pure client's last word was '$said'"
    said=$(within /tmp/embedding/lease_keeper eth0 2>&1) && die "$system: there is no eth0, and a lease was kept"
    [[ $said == *eth0* ]] || die "$system: the lease keeper said '$said'"
    within g++ --version | head -n 1
}

((EUID == 0)) || die "needs root"
for name in nlinit libnlinit-dev; do
    ls "build/packages/${name}_"*"_$arch.deb" >/dev/null || die "no package $name: scripts/package.sh makes it"
done
mkdir -p "$folder"
for suite in "${suites[@]}"; do
    make_system "$suite-$arch" "$suite"
    check_package nlinit "$suite-$arch" use_program
    make_system "$suite-$arch-build" "$suite" --include=g++,make,pkg-config,libnl-3-dev,libnl-route-3-dev
    check_package libnlinit-dev "$suite-$arch-build" use_library
done
