#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks that the documents are true: docs/architecture.md has one line for each source file, and none for a file that
# is not there; a block of code below the comment <!-- FILE --> stands in that file, line for line; the marked blocks of
# recipes are those that VM cases run; links lead to files and headings that are there. And that each source and script
# names its license at its head; that check tries itself first, on heads without it that it plants.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

# A file of a room is named ROOM/NAME, whether it has a header, a body or both.
there=$(find src include/nlinit -name '*.[ch]pp' | sed -E 's,^(src|include/nlinit)/,,; s,\.[ch]pp$,,' | sort -u)
written=$(sed -nE 's,^- `([a-z_0-9]+(/[a-z_0-9]+)+)` .*,\1,p' docs/architecture.md | sort)
if ! diff <(printf '%s\n' "$there") <(printf '%s\n' "$written") >/dev/null; then
    echo "docs/architecture.md: '<' has no line, '>' has one but is not there or has two:" >&2
    diff <(printf '%s\n' "$there") <(printf '%s\n' "$written") | grep '^[<>]' >&2
    exit 1
fi

# Sets block to the next block that is from a file, and file to that; false when there is none.
next_block() {
    local line
    block='' file=''
    while IFS= read -r line; do
        if [[ $line == '```' && -n $file ]]; then return; fi
        if [[ -n $file && $line != '```'* ]]; then block+=$line$'\n'; fi
        if [[ $line =~ ^'<!-- '([^ ]+)' -->'$ ]]; then file=${BASH_REMATCH[1]}; fi
    done
    return 1
}

for document in README.md docs/*.md; do
    while next_block; do
        [[ $'\n'$(<"$file")$'\n' == *$'\n'"$block"* ]] || {
            printf '%s: this is not in %s (any more):\n%s' "$document" "$file" "$block" >&2
            exit 1
        }
    done <"$document"
done

# A block of a recipe that is marked for it is run by a VM case, and each of these has its block.
marked=$(sed -nE 's,^<!-- run: ([a-z0-9-]+) -->$,\1,p' docs/recipes/*.md | sort)
run=$(sed -nE 's,^ *recipe_(run|boot|type|file) ([a-z0-9-]+).*,\2,p' tests/vm/cases/*.sh | sort -u)
if ! diff <(printf '%s\n' "$marked") <(printf '%s\n' "$run") >/dev/null; then
    echo "docs/recipes: '<' is run by no case, or there twice; '>' is run by a case and not there:" >&2
    diff <(printf '%s\n' "$marked") <(printf '%s\n' "$run") | grep '^[<>]' >&2
    exit 1
fi

# anchors FILE: its headings, as GitHub makes them the targets of links: small letters, digits, - and _, a heading that
# comes again with a number.
anchors() {
    sed -nE '/^```/,/^```/d; s/^#+ //p' "$1" | tr '[:upper:] ' '[:lower:]-' | sed 's/[^a-z0-9_-]//g' |
        awk '{ print seen[$0]++ ? $0 "-" seen[$0] - 1 : $0 }'
}

# dead_links DOCUMENT…: a line each.
dead_links() {
    local document link file
    for document in "$@"; do
        while IFS= read -r link; do
            file=${link%%#*}
            if [[ -n $file ]]; then file=$(dirname "$document")/$file; else file=$document; fi
            if [[ ! -e $file ]]; then
                printf '%s: %s leads to no file\n' "$document" "$link"
            elif [[ $link == *#* ]] && ! anchors "$file" | grep -qxF -- "${link#*#}"; then
                printf '%s: %s leads to no heading\n' "$document" "$link"
            fi
        done < <(tr '\n' ' ' <"$document" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//' | grep -vE '^https?:')
    done
}

planted=$(mktemp)
trap 'rm -f "$planted"' EXIT
printf '# Head\n[a](no/such.md) [b](#no-such) [c](#head)\n' >"$planted"
if (($(dead_links "$planted" | wc -l) != 2)); then
    echo "check_docs.sh does not find the dead links that it plants" >&2
    exit 1
fi
dead=$(dead_links ./*.md docs/*.md docs/*/*.md)
if [[ -n $dead ]]; then
    printf '%s\n' "$dead" >&2
    exit 1
fi

# without_license FILE…: those that have no such line, the first, or the second after that of an interpreter.
without_license() {
    awk '
        FNR == 1 { wanted = 1; if (/^#!/) wanted = 2 }
        FNR == wanted && !/^(\/\/|#) SPDX-License-Identifier: Apache-2\.0$/ { print FILENAME; nextfile }' "$@"
}

for head in '// A comment.' $'#!/bin/bash\n# A comment.' $'// A comment.\n// SPDX-License-Identifier: Apache-2.0'; do
    printf '%s\n' "$head" >"$planted"
    [[ -n $(without_license "$planted") ]] || die "does not find that '$head' names no license"
done
mapfile -t sources < <(
    find src include tests scripts packaging third_party CMakeLists.txt .ci/run -type f \( -name '*.[ch]pp' -o -name '*.sh' \
        -o -name '*.awk' -o -name '*.zsh' -o -name '*.cmake' -o -name '*.in' -o -name '*.spec' -o -name CMakeLists.txt \
        -o -name Makefile -o -path .ci/run \)
)
missing=$(without_license "${sources[@]}")
[[ -z $missing ]] || die "no '// SPDX-License-Identifier: Apache-2.0' (or with '#') at the head of:"$'\n'"$missing"
