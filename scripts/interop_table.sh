#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The table of DHCP servers and scenarios, from the tests' own list of both (TESTS --matrix) and from the results of a
# run (scripts/run_suites.sh): ok, FAILED or n/a, and below the table why. A scenario without a test and without a
# reason is `no test`, and the status is then 1.
#   scripts/interop_table.sh TESTS RESULTS
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

(($# == 2)) || die "want the program with the interop tests, and their results"

# The results first: status, suite and server, of test cases with a server's name.
awk -F '\t' '
    NF == 1 {
        split($1, is, " ")
        cell = is[2] SUBSEP is[3]
        if (is[1] == "ok" && !(cell in result)) result[cell] = "ok"
        if (is[1] != "ok") result[cell] = "FAILED"
        next
    }
    {
        cell = $1 SUBSEP $2
        if (!($1 in known_scenario)) { known_scenario[$1]; scenario[++scenarios] = $1 }
        if (!($2 in known_server)) { known_server[$2]; server[++servers] = $2 }
        if ($3 != "") { result[cell] = "n/a"; reasons = reasons sprintf("n/a  %s, %s: %s\n", $1, $2, $3) }
        else if (!(cell in result)) { result[cell] = "no test"; status = 1 }
    }
    END {
        printf "%-16s", ""
        for (s = 1; s <= servers; ++s) printf " %-8s", server[s]
        print ""
        for (i = 1; i <= scenarios; ++i) {
            printf "%-16s", scenario[i]
            for (s = 1; s <= servers; ++s) printf " %-8s", result[scenario[i], server[s]]
            print ""
        }
        printf "%s", reasons
        exit status || scenarios == 0
    }' <(awk -F '\t' '$2 ~ /\/[a-z]+$/ { server = $2; sub(/.*\//, "", server); suite = $1; sub(/.*\//, "", suite)
        print $3, suite, server }' "$2") \
    <("$1" --matrix) | sed 's/ *$//'
