#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the completion of a shell, of the help texts and of the kernel parameters in docs/configuration.md.
#   packaging/documents/completion.sh bash|zsh|fish OUTPUT      from the root of the sources
set -euo pipefail

shell=$1 output=$2
here=packaging/documents

table_of() { awk -v command="$1" -v part=table -f $here/roff.awk -f $here/help.awk src/app/*/*.cpp; }

# A row for each: command, word, value, what it does. Those without a command are kernel parameters, for `plan`.
table() {
    local commands command
    table_of COMMAND
    commands=$(table_of COMMAND | awk -F '\t' '$2 !~ /^-/ { print $2 }')
    for command in $commands; do table_of "$command"; done
    awk -F ' *[|] *' '
        /^\| parameter \|/ { inside = 1; next }
        !/^\|/ { inside = 0 }
        inside {
            count = split($2, words, "`")
            for (i = 2; i <= count; i += 2) if (words[i] ~ /^[a-z.A-Z_-]+=?$/) print "\t" words[i] "\t\t"
        }' docs/configuration.md
}

rows=$(table)
awk -F '\t' -f "$here/completion_$shell.awk" <<<"$rows" >"$output.new"
mv "$output.new" "$output"
