#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release twice, from copies of this commit in folders of different names, the second when the first is
# finished, with another umask, time zone and language, and without ccache: the programs and the lists of what is in them
# are the same bytes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

folder=$PWD/build/reproducible
unset CMAKE_CXX_COMPILER_LAUNCHER
export CCACHE_DISABLE=1
# Both are copies of this, whatever is committed while the first is built.
commit=$(git rev-parse HEAD)

# build NAME [COMMAND…]: a copy of what is committed, built by COMMAND.
build() {
    local copy=$folder/$1
    shift
    git clone --quiet --shared --no-checkout . "$copy"
    git -C "$copy" checkout --quiet --detach "$commit"
    (cd "$copy" && "$@" cmake --preset release && "$@" cmake --build --preset release --parallel 2) >"$copy.log" 2>&1 ||
        die "$(tail -n 20 "$copy.log")"
}

rm -rf "$folder"
mkdir -p "$folder"
build first
(
    umask 077
    build another-name/of-the-second env TZ=Pacific/Auckland LC_ALL=C.UTF-8
)
for made in nlinit nlinit.symbols nlinit.spdx.json packaging/documents/man8/nlinit.8; do
    cmp "$folder/first/build/release/$made" "$folder/another-name/of-the-second/build/release/$made" ||
        die "$made is not the same"
    sha256sum "$folder"/{first,another-name/of-the-second}/build/release/"$made"
done
rm -rf "$folder"
