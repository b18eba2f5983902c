#!/bin/bash
# Configures and builds one preset of CMakePresets.json and says what came out. release, the default, is the static
# binary that ships; library is what other projects link (docs/embedding.md); dev and asan have the tests, fuzz the
# fuzzers.
#   scripts/build.sh [release|library|dev|asan|fuzz]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

preset=${1:-release}
case $preset in
    release | library | dev | asan | fuzz) ;;
    *) die "unknown preset '$preset': release, library, dev, asan or fuzz" ;;
esac

logged "configure_$preset" cmake --preset "$preset"
if [[ $preset == fuzz ]]; then
    logged build_fuzz cmake --build --preset fuzz --target fuzzers --parallel 2
    echo build/fuzz/tests/fuzz
    exit
fi
logged "build_$preset" cmake --build --preset "$preset" --parallel 2
program=build/$preset/nlinit
printf '%s %d bytes\n' "$program" "$(stat -c %s "$program")"
