#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes a manual out of its page in docs/manual: NAME.SECTION.md, which begins with `# NAME(SECTION): what it is`, and in
# which these lines stand for more:
#   <!-- help: PART COMMAND -->     synopsis, description, options, status, commands or rest of that command's --help
#   <!-- document: FILE FROM TO --> what a document has from the section FROM on and before the section TO
#   packaging/documents/manual.sh VERSION DATE PAGE OUTPUT      from the root of the sources
set -euo pipefail

version=$1 date=$2 page=$3 output=$4
here=packaging/documents
name=$(basename "$page" .md)

die() {
    printf 'manual.sh: %s: %s\n' "$page" "$*" >&2
    exit 1
}

# part_of_document FILE FROM TO: sections one level down, since in a manual they stand in one.
part_of_document() {
    awk -v from="## $2" -v to="## $3" '
        $0 == to { exit }
        inside { print /^##+ / ? "#" $0 : $0 }
        index($0, "| key |") == 1 || index($0, "| parameter |") == 1 { ++tables }
        $0 == from { inside = 1; print "#" $0 }
        END { exit !inside }' "$1" || die "$1 has no section '$2'"
}

expand() {
    local line part command file from to
    while IFS= read -r line; do
        if [[ $line =~ ^'<!-- help: '([a-z]+)' '([A-Za-z]+)' -->'$ ]]; then
            part=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
            printf '\n```roff\n'
            awk -v command="$command" -v part="$part" -f $here/roff.awk -f $here/help.awk src/app/*/*.cpp
            printf '```\n\n'
        elif [[ $line =~ ^'<!-- document: '([^ ]+)' '(.*)' .. '(.*)' -->'$ ]]; then
            file=${BASH_REMATCH[1]} from=${BASH_REMATCH[2]} to=${BASH_REMATCH[3]}
            part_of_document "$file" "$from" "$to"
        else
            printf '%s\n' "$line"
        fi
    done <"$page"
}

title=$(head -n 1 "$page")
[[ $title =~ ^'# '([^ ]+)'('([1-8])'): '(.*)$ && $name == "${BASH_REMATCH[1]}.${BASH_REMATCH[2]}" ]] ||
    die "the first line is to be '# NAME(SECTION): what it is'"
what=${BASH_REMATCH[3]}
body=$(expand | awk -f $here/roff.awk -f $here/markdown.awk)
{
    printf '.TH %s %s %s "nlinit %s" "nlinit"\n' "${name%.*}" "${name##*.}" "$date" "$version"
    printf '.SH NAME\n%s \\- %s\n%s\n' "${name%.*}" "$what" "$body"
} >"$output.new"
! grep -nP '[^\x00-\x7f]' "$output.new" >&2 || die "roff.awk does not know that character"
mv "$output.new" "$output"
