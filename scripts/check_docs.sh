#!/bin/bash
# Checks that docs/architecture.md is true: one line for each source file, and none for a file that is not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A file of a room is named ROOM/NAME, whether it has a header, a body or both.
there=$(find src include/nlinit -name '*.[ch]pp' | sed -E 's,^(src|include/nlinit)/,,; s,\.[ch]pp$,,' | sort -u)
written=$(sed -nE 's,^- `([a-z_0-9]+/[a-z_0-9]+)` .*,\1,p' docs/architecture.md | sort)
if ! diff <(printf '%s\n' "$there") <(printf '%s\n' "$written") >/dev/null; then
    echo "docs/architecture.md: '<' has no line, '>' has one but is not there or has two:" >&2
    diff <(printf '%s\n' "$there") <(printf '%s\n' "$written") | grep '^[<>]' >&2
    exit 1
fi
