#!/bin/bash
# Unpacks Debian's development packages of another architecture into build/sysroot-ARCH, for a cross build
# (scripts/build.sh --arch). Nothing is installed. A sysroot that is there already is kept. Prints its path.
#   scripts/fetch_sysroot.sh ARCH
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/debian.sh"

arch=${1:?which architecture, as Debian calls it}
folder=build/sysroot-$arch
complete=$folder/complete # made last, and says of what: whatever was interrupted or is of other packages is done again
packages=(libnl-3-dev libnl-route-3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev)

# unpack: false also if apt's index is missing or too old.
unpack() {
    rm -rf "$folder"
    unpack_packages "$arch" "$folder" "${packages[@]}"
}

if [[ $(cat "$complete" 2>/dev/null) != "${packages[*]}" ]]; then
    unpack 2>/dev/null || { update_index "$arch" >&2 && unpack; } ||
        die "apt-get could not fetch ${packages[*]} for $arch"
    echo "${packages[*]}" >"$complete"
fi
echo "$folder"
