#!/bin/bash
# Runs clang-tidy over src/ with the checks of .clang-tidy, changed as CHECKS says. What was found clean is not looked at
# again as long as nothing that it is made of changes: the file, what it includes, the checks, clang-tidy itself, and
# how it is compiled. That is remembered in $XDG_CACHE_HOME/nlinit/tidy, of which nothing older than 30 days is kept.
# Needs build/asan, which knows the includes.
#   scripts/tidy.sh CHECKS
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

checks=$1
build=build/asan
seen=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nlinit/tidy
folder=build/logs/tidy
[[ -f $build/compile_commands.json ]] || die "no $build: scripts/build.sh asan makes it"
mkdir -p "$seen" "$folder"
find "$seen" -type f -mtime +30 -delete
rm -f "$folder"/*

# One line a source file: a hash of all that a verdict depends on, and the file.
keys() {
    local basis
    basis=$({ printf '%s\n' "$checks" && clang-tidy --version && cat .clang-tidy; } | sha256sum)
    ninja -C "$build" -t deps >"$folder/deps"
    ninja -C "$build" -t commands >"$folder/commands"
    # OBJECT: #deps N, …, then a path a line, from the build's folder.
    awk '/^[^ ].*: #deps/ { object = $1; sub(/:$/, "", object); next } NF { print object "\t" $1 }' "$folder/deps" |
        grep -P '/src/[^\t]*\.o\t' | sort -u >"$folder/includes"
    (cd "$build" && cut -f 2 "../../$folder/includes" | sort -u | xargs sha256sum) |
        awk '{ print $2 "\t" $1 }' | sort >"$folder/hashes"
    find src -name '*.cpp' | sort | while read -r file; do
        {
            printf '%s\n' "$basis"
            grep -F -- "-c ../../$file" "$folder/commands" || grep -F "/$file" "$folder/commands" || true
            awk -F '\t' -v part="/$file.o" 'FNR == NR { hash[$1] = $2; next }
                substr($1, length($1) - length(part) + 1) == part { print $2, hash[$2] }' \
                "$folder/hashes" "$folder/includes"
            sha256sum "$file"
        } | sha256sum | awk -v file="$file" '{ print $1, file }'
    done
}

keys >"$folder/keys"
while read -r key file; do
    [[ -e $seen/$key ]] || printf '%s %s\n' "$key" "$file"
done <"$folder/keys" >"$folder/unseen"
printf '%d of %d files were not seen before\n' "$(wc -l <"$folder/unseen")" "$(wc -l <"$folder/keys")"

export checks build seen folder
# shellcheck disable=SC2016
xargs -P 2 -L 1 bash -c '
    log=$folder/${2//\//.}
    if clang-tidy -p "$build" --quiet --checks="$checks" "$2" >"$log" 2>&1; then
        : >"$seen/$1"
    else
        grep -E "(error|fatal): |rror while" "$log" || cat "$log"
        exit 1
    fi' run <"$folder/unseen"
