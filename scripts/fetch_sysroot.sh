#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks Debian's development packages of another architecture into build/sysroot-ARCH, for a cross build
# (scripts/build.sh --arch). Nothing is installed. A sysroot that is there already is kept. Prints its path.
#   scripts/fetch_sysroot.sh ARCH
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/debian.sh"

arch=${1:?which architecture, as Debian calls it}
folder=build/sysroot-$arch
packages=(libnl-3-dev libnl-route-3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev rapidjson-dev)
fetch_packages "$arch" "$folder" "${packages[@]}" || die "apt-get could not fetch ${packages[*]} for $arch"
echo "$folder"
