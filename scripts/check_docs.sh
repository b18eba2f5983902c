#!/bin/bash
# Checks that the documents are true: docs/architecture.md has one line for each source file, and none for a file that
# is not there; a block of code below the comment <!-- FILE --> stands in that file, line for line; the marked blocks of
# recipes are those that VM cases run.
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
