#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the program that ships: one static binary, and not above the size it promises. Says its size in bytes.
#   scripts/check_size.sh [PROGRAM]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

program=${1:-build/release/nlinit}
limit=1800000 # busybox, in whose place it stands, has 1 982 256
[[ -f $program ]] || die "no $program: scripts/build.sh release makes it"
! readelf --program-headers --wide "$program" | grep -q INTERP || die "$program asks for a dynamic loader"
! readelf --dynamic --wide "$program" | grep -q NEEDED || die "$program needs shared libraries"
size=$(stat -c %s "$program")
((size <= limit)) || die "$program has $size bytes, more than $limit"
printf '%s: static, %d bytes of at most %d\n' "$program" "$size" "$limit"
