#!/bin/bash
# Runs a GoogleTest program, a process a suite: as many processes as there are suites, not tests, and still no suite
# inherits what another left in its process. Results are lines of build/logs/tests/LABEL.tsv: suite, test, "ok",
# "FAILED" or "skipped", milliseconds. What a suite said stays in build/logs/tests/LABEL/SUITE.log. A suite that did not
# come to its end has one FAILED line, which names the test that it was in.
#   scripts/run_suites.sh LABEL PROGRAM [JOBS]        JOBS: suites at a time, 2 unless given; `whole`: one process
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

label=$1
program=$2
jobs=${3:-2}
folder=build/logs/tests/$label
limit=300 # seconds a process
rm -rf "$folder" "$folder.tsv"
mkdir -p "$folder"

# What --gtest_list_tests prints of a suite begins its line, and ends with a dot.
suites() {
    if [[ $jobs == whole ]]; then
        echo '*'
    else
        "$program" --gtest_list_tests | sed -nE 's/^([^ ]+)\.( .*)?$/\1/p'
    fi
}
suites >"$folder/suites"
[[ -s $folder/suites ]] || die "$program has no tests"

# The name of a suite of parameters has slashes.
export program folder limit
# shellcheck disable=SC2016
xargs -P "${jobs/whole/1}" -I SUITE bash -c '
    name=${1//\//.}
    [[ $1 != "*" ]] || name=all
    filter="$1.*"
    [[ $1 != "*" ]] || filter="*"
    timeout -s KILL "$limit" "$program" --gtest_filter="$filter" --gtest_brief=0 \
        --gtest_output="xml:$PWD/$folder/$name.xml" >"$folder/$name.log" 2>&1 </dev/null ||
        echo "$1 $?" >>"$folder/ended_badly"
    exit 0' run SUITE <"$folder/suites"

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
while read -r suite status; do
    name=${suite//\//.}
    [[ $suite != '*' ]] || name=all
    [[ ! -s $folder/$name.xml ]] || ! grep -q '<failure' "$folder/$name.xml" || continue
    last=$(sed -nE 's/^\[ RUN      \] (.*)/\1/p' "$folder/$name.log" | tail -n 1)
    printf '%s\t%s\tFAILED\t0\n' "$suite" "ended with status $status in ${last:-no test}" >>"$folder.tsv"
done < <(cat "$folder/ended_badly" 2>/dev/null || true)

awk -F '\t' -v label="$label" '
    { ++count[$3] }
    END {
        printf "%s: %d passed, %d failed, %d skipped\n", label, count["ok"], count["FAILED"], count["skipped"]
        exit count["FAILED"] + count["skipped"] > 0 || NR == 0
    }' "$folder.tsv"
