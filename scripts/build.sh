#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds one preset of CMakePresets.json and says what came out. release, the default, is the static
# binary that ships; library is what other projects link (docs/embedding.md); dev has the tests, asan the tests and the
# fuzzers under sanitizers. --arch arm64 is a cross build on amd64 of what ships: build/release-arm64/nlinit, or of the
# library.
#   scripts/build.sh [release|library|dev|asan]
#   scripts/build.sh --arch ARCH [release|library]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/architecture.sh"

arch=$(host_architecture)
if [[ ${1:-} == --arch ]]; then
    arch=${2:-}
    shift 2 || die "--arch needs an architecture"
    can_make "$arch" || die "no way to build for '$arch' here: $(all_architectures)"
fi
preset=${1:-release}
case $preset in
    release | library | dev | asan) ;;
    *) die "unknown preset '$preset': release, library, dev or asan" ;;
esac

if [[ $arch != "$(host_architecture)" ]]; then
    [[ $preset == release || $preset == library ]] ||
        die "only release and library are built for another architecture"
    [[ -n $(command -v "$(cross_prefix "$arch")g++") ]] || die "no compiler for $arch: scripts/install_deps.sh cross"
    scripts/fetch_sysroot.sh "$arch" >/dev/null
    preset=$preset-$arch
fi
logged "configure_$preset" cmake --preset "$preset"
watched "build_$preset" cmake --build --preset "$preset" --parallel 2
for made in "build/$preset/nlinit" "build/$preset/libnlinit_linux.a"; do
    [[ ! -e $made || $made == *.a && $preset != library* ]] || printf '%s %d bytes\n' "$made" "$(stat -c %s "$made")"
done
