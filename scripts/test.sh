#!/bin/bash
# The tests and checks: installs what they need, builds, runs, counts. Without a word everything; with words, those
# parts: unit kernel interop hostile (ctest labels), package (a project that embeds nlinit), vm, asan (unit, kernel and
# hostile under sanitizers), faults (each system call of a boot made to fail, one error each; FAULTS=all: every error),
# fuzz (the corpora and FUZZ_SECONDS=10 of searching for each fuzzer), format layers docs shell size tidy.
# Slow, and so no part of everything: analyzer, clang's static analyzer; faults-vm, a machine for each system call of a
# boot that always fails, of which none may panic (build/logs/faults-vm.txt). One line a stage; whole logs are in
# build/logs; in interop.txt there is the table of DHCP servers and scenarios, in hostile.txt every hostile packet with
# its verdict, in faults.txt the calls that failed, each shown when its word is given. A skipped test is a failure, named as one. The last line is
# `N passed, N failed, N skipped`.
#   scripts/test.sh [WORD…]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/architecture.sh"

parts=(format layers docs shell unit kernel interop hostile package size faults vm asan fuzz tidy)
wanted=("${@:-${parts[@]}}")
named="$*"
passed=0 failed=0 skipped=0
wrong=()

wants() { [[ " ${wanted[*]} " == *" $1 "* ]]; }

for word in "${wanted[@]}"; do
    [[ " ${parts[*]} analyzer faults-vm " == *" $word "* ]] ||
        die "unknown word '$word': ${parts[*]} analyzer faults-vm"
done

# check NAME COMMAND…: a check is one test.
check() {
    stage "$1"
    if logged "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        wrong+=("$1")
    fi
}

# built WORD…: what scripts/build.sh makes of these words, once; false, and a failure, if that does not go.
built() {
    local words=$*
    [[ ! -v "made[$words]" ]] || return "${made[$words]}"
    stage "building $words"
    if scripts/build.sh "$@"; then
        made[$words]=0
    else
        made[$words]=1
        failed=$((failed + 1))
        wrong+=("build $words")
    fi
    return "${made[$words]}"
}
declare -A made=()

# junit_count ATTRIBUTE FILE: a number from what `ctest --output-junit` wrote.
junit_count() { grep -m 1 -oP "^\s*$1=\"\K[0-9]+" "$2"; }

# run_ctest PRESET LABEL…: the tests that have one of the labels.
run_ctest() {
    local preset=$1 folder=build/$1 labels all bad left_out junit log
    shift
    [[ $preset != fuzz ]] || folder=build/fuzz/tests/fuzz
    built "$preset" || return 0
    labels=$(IFS='|' && echo "$*")
    junit=build/logs/ctest_$preset.xml
    log=build/logs/ctest_$preset.log
    stage "$preset: $*"
    rm -f "$junit"
    timeout -s KILL 1200 ctest --test-dir "$folder" -L "^($labels)\$" -j 2 --no-tests=error --output-on-failure \
        --output-junit "$PWD/$junit" >"$log" 2>&1 </dev/null || true
    if [[ ! -s $junit ]]; then
        failed=$((failed + 1))
        wrong+=("ctest of $preset did not finish; see $log")
        tail -n 20 "$log"
        return 0
    fi
    all=$(junit_count tests "$junit")
    bad=$(junit_count failures "$junit")
    left_out=$(($(junit_count skipped "$junit") + $(junit_count disabled "$junit")))
    passed=$((passed + all - bad - left_out))
    failed=$((failed + bad))
    skipped=$((skipped + left_out))
    sed -n '/tests passed,/p' "$log"
    ((bad + left_out == 0)) || show_wrong "$preset" "$log"
}

# show_wrong PRESET LOG: the tests that did not pass, and the end of what they said.
show_wrong() {
    local line
    while IFS= read -r line; do
        wrong+=("$1: $line")
    done < <(sed -nE 's/^\s*[0-9]+ - (.*)$/\1/p' "$2")
    grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ *Start ' "$2" | tail -n 60 || true
}

# table_of_interop: what run_ctest found, as a table; a scenario that is neither tested nor excused is a failure.
table_of_interop() {
    local table=build/logs/interop.txt junit=build/logs/ctest_dev.xml
    [[ -s $junit ]] || return 0
    if ! scripts/interop_table.sh build/dev/tests/interop_tests "$junit" >"$table"; then
        failed=$((failed + 1))
        wrong+=("interop: $table has scenarios without a test")
    fi
    [[ " $named " != *' interop '* ]] || cat "$table"
}

# list_hostile PRESET…: one line a case of the hostile tests: stage, case, verdict, time.
list_hostile() {
    local preset
    for preset; do
        [[ -s build/logs/ctest_$preset.xml ]] || continue
        awk -v preset="$preset" '
            function attribute(name) {
                if (!match($0, " " name "=\"[^\"]*")) return ""
                return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
            }
            /<testcase name="hostile\./ {
                name = attribute("name"); sub(/^hostile\./, "", name); sub(/ +# .*/, "", name)
                suite = name; sub(/\..*/, "", suite); sub(/.*\//, "", suite)
                stage = "exchange"
                if (suite ~ /BeforeTheOffer$/) stage = "offer"
                if (suite ~ /BeforeTheAck$/) stage = "ack"
                if (suite ~ /^(Bound|Renewing|Rebinding|Load|Kernel)$/) stage = tolower(suite)
                verdict = attribute("status") == "run" ? "passed" : "FAILED"
                printf "%-5s %-9s %-95s %s %5d ms\n", preset, stage, name, verdict, attribute("time") * 1000
            }' "build/logs/ctest_$preset.xml"
    done
}

# check_sizes: the binary that ships, of each architecture.
check_sizes() {
    local arch
    for arch in $(all_architectures); do
        ! built --arch "$arch" || check "size_$arch" scripts/check_size.sh "$(release_program "$arch")"
    done
}

# count_machines WORD LOG: what a runner of VMs says in its last line.
count_machines() {
    local counts
    counts=$(tail -n 1 "$2")
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
    else
        failed=$((failed + 1))
        wrong+=("$1: the runner did not finish")
        return 1
    fi
}

run_vm() {
    local arch words=() log=build/logs/vm.log
    for arch in $(all_architectures); do
        ! built --arch "$arch" || words+=(--arch "$arch")
    done
    stage "vm"
    ((${#words[@]} > 0)) || return 0
    tests/vm/run.sh "${words[@]}" 2>&1 </dev/null | tee "$log" || true
    count_machines vm "$log" || return 0
    mapfile -O "${#wrong[@]}" -t wrong < <(sed -n 's/^FAIL \([^ ]*\) .*/vm: \1/p' "$log")
}

# run_faults_vm: every machine is a test.
run_faults_vm() {
    local table=build/logs/faults-vm.txt
    built release && built dev || return 0
    stage "faults-vm"
    mkdir -p build/logs
    tests/vm/faults.sh 2>&1 </dev/null | tee "$table" || true
    count_machines faults-vm "$table" || return 0
    mapfile -O "${#wrong[@]}" -t wrong < <(sed -n 's/^\([^ ]*\) .*failed: .*/faults-vm: \1/p' "$table")
}

# run_faults: every system call that fails is a test; build/logs/faults.txt has the tables.
run_faults() {
    local table=build/logs/faults.txt more=() scenario survived all wrong_here
    [[ ${FAULTS:-} != all ]] || more=(--all)
    built release && built dev || return 0
    stage "faults"
    mkdir -p build/logs
    # Those of `after` wait for a renewal, not for the processor.
    {
        build/dev/tests/faults/nlinit_faults build/release/nlinit build/faults "${more[@]}" --jobs 2 boot netsetup \
            --jobs 8 after || true
    } >"$table" 2>&1 </dev/null
    for scenario in boot netsetup after; do
        read -r survived all wrong_here < <(sed -n "/^$scenario .*places/,/^all /p" "$table" |
            sed -nE 's|^all +[0-9]+ +([0-9]+)/([0-9]+) +[0-9]+ +[0-9]+ +([0-9]+) *$|\1 \2 \3|p') || true
        if [[ -z ${all:-} || $all == 0 ]]; then
            failed=$((failed + 1))
            wrong+=("faults: $scenario has no table; see $table")
            continue
        fi
        printf '%s: %d of %d faults survived\n' "$scenario" "$survived" "$all"
        passed=$((passed + survived))
        failed=$((failed + wrong_here))
        survived='' all='' wrong_here=''
    done
    mapfile -O "${#wrong[@]}" -t wrong < <(sed -n 's/^WRONG /faults: /p' "$table")
    [[ " $named " != *' faults '* ]] || cat "$table"
}

# check_fuzz: every fuzzer searches for a while; what it finds stays in build/fuzz/found.
check_fuzz() {
    mkdir -p build/fuzz/found
    find build/fuzz/tests/fuzz -name 'fuzz_*' -type f -executable -printf '%f\n' | sed 's/^fuzz_//' |
        xargs -P 2 -I NAME sh -c 'mkdir -p build/fuzz/found/NAME && build/fuzz/tests/fuzz/fuzz_NAME \
            -max_total_time="$1" -print_final_stats=1 -artifact_prefix=build/fuzz/found/NAME. \
            build/fuzz/found/NAME tests/fuzz/corpus/NAME' sh "${FUZZ_SECONDS:-10}"
}

check_format() { find src include tests -name '*.[ch]pp' -print0 | xargs -0 clang-format --dry-run -Werror; }

check_shell() {
    # Programs of sed, awk and sh stand in single quotes (SC2016). What case.sh gives to a case and takes from it is
    # seen by neither alone. QEMU's arguments have commas (SC2054).
    shellcheck -x -P SCRIPTDIR -s bash -e SC2016 .ci/run scripts/*.sh scripts/lib/*.sh tests/vm/*.sh \
        tests/package/*.sh &&
        shellcheck -s bash -e SC2034,SC2054,SC2154 tests/vm/cases/*.sh
}

# check_tidy CHECKS: those of .clang-tidy, changed as CHECKS says.
check_tidy() {
    find src -name '*.cpp' -print0 | xargs -0 -P 2 -n 4 clang-tidy -p build/dev --quiet --checks="$1" 2>&1 |
        { grep -E '(error|fatal): |rror while' || true; } # the status is clang-tidy's (pipefail)
}

scripts/install_deps.sh test
if wants format; then check format check_format; fi
if wants layers; then check layers scripts/check_layers.sh; fi
if wants docs; then check docs scripts/check_docs.sh; fi
if wants shell; then check shell check_shell; fi

labels=()
for label in unit kernel interop hostile; do
    if wants "$label"; then labels+=("$label"); fi
done
((${#labels[@]} == 0)) || run_ctest dev "${labels[@]}"
if wants interop; then table_of_interop; fi
if wants package && built dev; then check package tests/package/run.sh; fi
if wants size; then check_sizes; fi
if wants faults; then run_faults; fi
if wants vm; then run_vm; fi
if wants faults-vm; then run_faults_vm; fi
if wants asan; then run_ctest asan unit kernel hostile; fi
if wants fuzz; then
    run_ctest fuzz fuzz
    if built fuzz; then check fuzz check_fuzz; fi
fi
if wants tidy && built dev; then check tidy check_tidy '-clang-analyzer-*'; fi
if wants analyzer && built dev; then check analyzer check_tidy '-*,clang-analyzer-*'; fi

ran=()
if wants hostile; then ran+=(dev); fi
if wants asan; then ran+=(asan); fi
if ((${#ran[@]} > 0)); then list_hostile "${ran[@]}" >build/logs/hostile.txt; fi
if [[ " $named " == *' hostile '* ]]; then cat build/logs/hostile.txt; fi
stage "done"
if ((${#wrong[@]} > 0)); then printf 'not passed: %s\n' "${wrong[@]}"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed + skipped == 0))
