#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a GoogleTest program in fewer processes than it has tests. Results are lines of build/logs/tests/LABEL.tsv: suite,
# test, "ok", "FAILED" or "skipped", milliseconds. What a process said stays in build/logs/tests/LABEL/PROCESS.log. A
# process that did not come to its end has one FAILED line, which names the test that it was in.
#   scripts/run_suites.sh LABEL PROGRAM JOBS [shards]     JOBS: processes at a time
# A process a suite, so that no suite inherits what another left in its process; with `shards` JOBS processes that share
# the tests, for programs whose longest suite is most of them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

label=$1
program=$2
jobs=$3
shared=${4:-}
folder=build/logs/tests/$label
limit=300 # seconds a process
rm -rf "$folder" "$folder.tsv"
mkdir -p "$folder"

# What --gtest_list_tests prints of a suite begins its line, and ends with a dot.
processes() {
    if [[ -n $shared ]]; then
        seq -f 'shard_%g' 0 $((jobs - 1))
    else
        "$program" --gtest_list_tests | sed -nE 's/^([^ ]+)\.( .*)?$/\1/p'
    fi
}
processes >"$folder/processes"
[[ -s $folder/processes ]] || die "$program has no tests"

# The name of a suite of parameters has slashes.
export program folder limit jobs shared
# shellcheck disable=SC2016
xargs -P "$jobs" -I PROCESS bash -c '
    name=${1//\//.}
    filter="$1.*"
    if [[ -n $shared ]]; then
        filter="*"
        export GTEST_TOTAL_SHARDS=$jobs GTEST_SHARD_INDEX=${1#shard_}
    fi
    timeout -s KILL "$limit" "$program" --gtest_filter="$filter" --gtest_brief=0 \
        --gtest_output="xml:$PWD/$folder/$name.xml" >"$folder/$name.log" 2>&1 </dev/null ||
        echo "$1 $?" >>"$folder/ended_badly"
    exit 0' run PROCESS <"$folder/processes"

# results FILE: of the XML of one process.
results() {
    awk '
        function attribute(name) {
            if (!match($0, " " name "=\"[^\"]*")) return ""
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
        }
        function finish() {
            if (test != "") printf "%s\t%s\t%s\t%d\n", suite, test, verdict, time
            test = ""
        }
        /<testcase / {
            finish()
            suite = attribute("classname"); test = attribute("name"); time = attribute("time") * 1000
            value = attribute("value_param") # a word says more than its index
            if (value ~ /^[A-Za-z0-9_-]+$/) sub(/\/[0-9]+$/, "/" value, test)
            verdict = attribute("result") == "skipped" ? "skipped" : attribute("status") == "run" ? "ok" : "skipped"
        }
        /<failure/ { verdict = "FAILED" }
        /<skipped/ && verdict != "FAILED" { verdict = "skipped" }
        END { finish() }' "$1"
}

for xml in "$folder"/*.xml; do
    [[ -e $xml ]] || break
    results "$xml"
done >"$folder.tsv"

# A process that failed without a failed test has not told of all its tests.
while read -r process status; do
    name=${process//\//.}
    [[ ! -s $folder/$name.xml ]] || ! grep -q '<failure' "$folder/$name.xml" || continue
    last=$(sed -nE 's/^\[ RUN      \] (.*)/\1/p' "$folder/$name.log" | tail -n 1)
    printf '%s\t%s\tFAILED\t0\n' "$process" "ended with status $status in ${last:-no test}" >>"$folder.tsv"
done < <(cat "$folder/ended_badly" 2>/dev/null || true)

awk -F '\t' -v label="$label" '
    { ++count[$3] }
    END {
        printf "%s: %d passed, %d failed, %d skipped\n", label, count["ok"], count["FAILED"], count["skipped"]
        exit count["FAILED"] + count["skipped"] > 0 || NR == 0
    }' "$folder.tsv"
