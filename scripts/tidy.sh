#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs clang-tidy over src/ with the checks of .clang-tidy, changed as CHECKS says, a batch of files at a time, as
# build/asan compiles them: most of its time goes into the standard library's headers. What was found clean is not looked
# at again as long as nothing that it is made of changes: the files, what they include, the checks, clang-tidy itself, and
# how they are compiled. That is remembered in $XDG_CACHE_HOME/nlinit/tidy, of which nothing older than 30 days is kept.
#   scripts/tidy.sh CHECKS
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

checks=$1,-bugprone-suspicious-include # a batch includes sources
build=build/asan
seen=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nlinit/tidy
folder=build/logs/tidy
[[ -f $build/compile_commands.json ]] || die "no $build: scripts/build.sh asan makes it"
mkdir -p "$seen" "$folder"
find "$seen" -type f -mtime +30 -delete
rm -f "$folder"/*

# OBJECT FILE: what the program is made of.
batches() {
    sed -nE 's/^ *"command": ".* -o ([^ ]+) .*/\1/p; s/^ *"file": "(.*)".*/\1/p' "$build/compile_commands.json" |
        paste -d ' ' - - | awk '$1 ~ /^CMakeFiles\/nlinit/ && $1 !~ /pch/'
    # Compiled for a static binary alone: clang-tidy takes the options of a file that is like it.
    printf -- '- %s\n' "$PWD/src/app/static_binary.cpp"
}

# A hash of all that a verdict depends on, and the file.
keys() {
    local basis object file
    basis=$({ printf '%s\n' "$checks" && clang-tidy --version && cat .clang-tidy; } | sha256sum)
    while read -r object file; do
        {
            printf '%s\n' "$basis"
            sha256sum "$file"
            if [[ $object != - ]]; then
                ninja -C "$build" -t commands "$object" | grep -F -- "-o $object "
                ninja -C "$build" -t deps "$object" | sed -n 's/^ \{1,\}//p' | (cd "$build" && xargs sha256sum)
            fi
        } | sha256sum | awk -v file="$file" '{ print $1, file }'
    done < <(batches)
}

keys >"$folder/keys"
(($(wc -l <"$folder/keys") > 1)) || die "$build/compile_commands.json names no file of src/"
while read -r key file; do
    [[ -e $seen/$key ]] || printf '%s %s\n' "$key" "$file"
done <"$folder/keys" >"$folder/unseen"
printf '%d of %d batches were not seen before\n' "$(wc -l <"$folder/unseen")" "$(wc -l <"$folder/keys")"

export checks build seen folder
# shellcheck disable=SC2016
xargs -P 2 -L 1 bash -c '
    log=$folder/${2//\//.}
    if clang-tidy -p "$build" --quiet --config-file=.clang-tidy --checks="$checks" "$2" >"$log" 2>&1; then
        : >"$seen/$1"
    else
        grep -E "(error|fatal): |rror while" "$log" || cat "$log"
        exit 1
    fi' run <"$folder/unseen"
