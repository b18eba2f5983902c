#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tests and checks: installs what they need, builds, runs, counts. Without a word everything; with words, those
# parts: unit kernel interop hostile (under sanitizers), documents (manuals and completions, and the commands of all
# documents), package (a project that embeds nlinit), vm, faults (each system call of a boot made to fail, one error
# each; FAULTS=all: every error), fuzz (the corpora and FUZZ_SECONDS=5 of searching for each fuzzer), format layers docs
# shell size tidy.
# Slow, and so no part of everything: installed, the Debian packages of this machine's architecture in bare systems;
# reproducible, the release built at two places and times; analyzer, clang's static analyzer; faults-vm, a machine for
# each system call of a boot that always fails, of which none may panic (build/logs/faults-vm.txt); docker, the demo
# with containers in a VM (build/logs/docker.log); services, the recipe of Debian's servers (build/logs/services.log).
# One line a stage; whole logs are in build/logs; in interop.txt there is the table of DHCP servers and scenarios, in
# hostile.txt every hostile packet with its verdict, in faults.txt the calls that failed, each shown when its word is
# given. At the end come the slowest tests with the reasons that tests/slow.txt has for them, and the seconds of each
# stage. A skipped test is a failure, named as one. The last line is `N passed, N failed, N skipped`.
#   scripts/test.sh [WORD…]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/architecture.sh"

parts=(format layers docs shell unit kernel interop hostile documents package size faults vm fuzz tidy)
wanted=("${@:-${parts[@]}}")
named="$*"
passed=0 failed=0 skipped=0
wrong=()

wants() { [[ " ${wanted[*]} " == *" $1 "* ]]; }

for word in "${wanted[@]}"; do
    [[ " ${parts[*]} installed reproducible analyzer faults-vm docker services " == *" $word "* ]] ||
        die "unknown word '$word': ${parts[*]} installed reproducible analyzer faults-vm docker services"
done

# purpose: what these parts need of scripts/install_deps.sh.
purpose() {
    local word
    for word in "${wanted[@]}"; do
        case $word in
            unit | format | layers | docs | shell) ;;
            *)
                printf 'test'
                return
                ;;
        esac
    done
    printf 'unit'
}

# timed NAME: from here to the next call the seconds are NAME's in the table at the end.
timed_stages=()
timed() {
    stage "$1"
    timed_stages+=("$SECONDS $1")
}

# table_of_stages: the seconds of each.
table_of_stages() {
    local entry i next
    printf 'seconds  stage\n'
    for ((i = 0; i < ${#timed_stages[@]}; ++i)); do
        entry=${timed_stages[i]}
        next=${timed_stages[i + 1]:-$SECONDS}
        printf '%7d  %s\n' $((${next%% *} - ${entry%% *})) "${entry#* }"
    done
    printf '%7d  all\n' "$SECONDS"
}

# check NAME COMMAND…: a check is one test.
check() {
    timed "$1"
    if logged "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        wrong+=("$1")
    fi
}

# built WORD…: what scripts/build.sh makes of these words, once; false, and a failure, if that does not go.
built() {
    local words=$* status=0
    [[ ! -v "made[$words]" ]] || return "${made[$words]}"
    timed "building $words"
    scripts/build.sh "$@" || status=$?
    note_build "$status" "$words"
    return "$status"
}
declare -A made=()

# note_build STATUS WORDS: what came of `scripts/build.sh WORDS`.
note_build() {
    made[$2]=$1
    (($1 != 0)) || return 0
    failed=$((failed + 1))
    wrong+=("build $2")
}

# begin NAME COMMAND…: COMMAND begins now and is waited for by finish NAME. In a session of its own, to end all of it: the
# terminal's interrupt does not reach a job in the background.
begin() {
    mkdir -p build/logs
    setsid "${@:2}" >"build/logs/begun_${1// /_}.log" 2>&1 </dev/null &
    begun[$1]=$!
}
# Before a COMMAND of begin: it has the time of the processors that nothing else wants. Among sessions the kernel shares
# the time out first (sched(7), autogroups).
idly=(bash -c '{ echo 19 >/proc/self/autogroup; } 2>/dev/null; exec chrt --idle 0 "$@"' idly)
declare -A begun=()
end_begun() {
    local session
    for session in "${begun[@]}"; do kill -- "-$session" 2>/dev/null || true; done
}
trap end_begun EXIT

# finish NAME: the status of what was begun, and the newest of what it said.
finish() {
    local log=build/logs/begun_${1// /_}.log status=0
    tail -n 1 -s 0.2 -f --pid="${begun[$1]}" "$log" # to its end
    wait "${begun[$1]}" || status=$?
    unset "begun[$1]"
    ((status == 0)) || cat "$log"
    return "$status"
}

# begin_releases [idly]: the program for all architectures. At the same time, for each ends with half a minute of one
# processor (link-time optimisation in one piece).
begin_releases() {
    local arch
    for arch in $(all_architectures); do
        begin "release $arch" "$@" scripts/build.sh --arch "$arch"
    done
}

# built_releases: each as `built --arch ARCH`.
built_releases() {
    local arch status
    timed "building releases"
    [[ -v "begun[release $(host_architecture)]" ]] || begin_releases
    for arch in $(all_architectures); do
        status=0
        finish "release $arch" || status=$?
        note_build "$status" "--arch $arch"
    done
    made[release]=${made["--arch $(host_architecture)"]}
}

# begin_suites LABEL PROGRAM JOBS [shards]: run_suites with these words begins now, and is waited for by run_suites LABEL.
begin_suites() {
    ! built asan || begin "$1" scripts/run_suites.sh "$1" "build/asan/tests/$2" "${@:3}"
}

# beside NAME: what else was begun and is not finished, in words.
beside() {
    local other others=''
    for other in "${!begun[@]}"; do
        [[ $other == "$1" ]] || others+=", $other"
    done
    printf '%s' "${others:+ (beside ${others#, })}"
}

# suites LABEL PROGRAM JOBS [shards]: true if they passed.
suites() {
    if [[ -v "begun[$1]" ]]; then
        finish "$1"
        return
    fi
    scripts/run_suites.sh "$1" "build/asan/tests/$2" "${@:3}"
}

# run_suites LABEL PROGRAM JOBS [shards]: see scripts/run_suites.sh; where tests wait for the kernel and for servers more
# of them run at a time than there are cores.
run_suites() {
    local label=$1 results=build/logs/tests/$1.tsv line
    built asan || return 0
    timed "$label$(beside "$label")"
    if ! suites "$@"; then
        if [[ ! -s $results ]]; then
            failed=$((failed + 1))
            wrong+=("$label: no results")
            return 0
        fi
        while IFS= read -r line; do
            wrong+=("$label: $line")
        done < <(awk -F '\t' '$3 != "ok" { print $1 "." $2 " " $3 }' "$results")
        grep -lE '^\[  FAILED' "build/logs/tests/$label"/*.log | xargs -r tail -n 40 || true
    fi
    passed=$((passed + $(count_of ok "$results")))
    failed=$((failed + $(count_of FAILED "$results")))
    skipped=$((skipped + $(count_of skipped "$results")))
}

# count_of VERDICT FILE
count_of() { awk -F '\t' -v verdict="$1" '$3 == verdict { ++count } END { print count + 0 }' "$2"; }

# slowest_tests: ten of them, each with the reason for which it may be slow.
slowest_tests() {
    { cat build/logs/tests/{unit,fleet,kernel,hostile,interop}.tsv 2>/dev/null || true; } |
        sort -t $'\t' -k 4,4nr | awk -F '\t' '
        FNR == NR { if ($0 !~ /^#/) reason[$1] = $2; next }
        FNR > 10 { next }
        {
            name = $1 "." $2
            why = "no reason in tests/slow.txt"
            for (pattern in reason) if (index(name, pattern) > 0) why = reason[pattern]
            printf "%6.1f s  %s: %s\n", $4 / 1000, name, why
        }' tests/slow.txt -
}

# table_of_interop: what the interop tests found, as a table; a scenario that is neither tested nor excused is a failure.
table_of_interop() {
    local table=build/logs/interop.txt results=build/logs/tests/interop.tsv
    [[ -s $results ]] || return 0
    if ! scripts/interop_table.sh build/asan/tests/interop_tests "$results" >"$table"; then
        failed=$((failed + 1))
        wrong+=("interop: $table has scenarios without a test")
    fi
    [[ " $named " != *' interop '* ]] || cat "$table"
}

# list_hostile: one line a case of the hostile tests: stage, case, verdict, time.
list_hostile() {
    local results=build/logs/tests/hostile.tsv
    [[ -s $results ]] || return 0
    awk -F '\t' '{
        suite = $1; sub(/.*\//, "", suite)
        stage = "exchange"
        if (suite ~ /BeforeTheOffer$/) stage = "offer"
        if (suite ~ /BeforeTheAck$/) stage = "ack"
        if (suite ~ /^(Bound|Renewing|Rebinding|Load|Kernel)$/) stage = tolower(suite)
        printf "%-9s %-95s %s %5d ms\n", stage, $1 "." $2, $3 == "ok" ? "passed" : $3, $4
    }' "$results"
}

# check_sizes: the binary that ships, of each architecture, and what its build is to have put into it.
check_sizes() {
    local arch
    for arch in $(all_architectures); do
        built --arch "$arch" || continue
        check "size_$arch" scripts/check_size.sh "$(release_program "$arch")"
        check "hardening_$arch" scripts/check_hardening.sh "$(release_program "$arch")"
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
    timed "vm"
    ((${#words[@]} > 0)) || return 0
    tests/vm/run.sh "${words[@]}" 2>&1 </dev/null | tee "$log" || true
    count_machines vm "$log" || return 0
    # Each with the first thing that was wrong, which is on the next line if not on its own.
    mapfile -O "${#wrong[@]}" -t wrong < <(awk '/^FAIL / {
        name = $2
        if (!sub(/.*\): /, "")) getline
        sub(/^ +/, "")
        print "vm: " name ": " $0
    }' "$log")
}

# run_faults_vm: every machine is a test.
run_faults_vm() {
    local table=build/logs/faults-vm.txt
    built release && built asan || return 0
    timed "faults-vm"
    mkdir -p build/logs
    tests/vm/faults.sh 2>&1 </dev/null | tee "$table" || true
    count_machines faults-vm "$table" || return 0
    mapfile -O "${#wrong[@]}" -t wrong < <(sed -n 's/^\([^ ]*\) .*failed: .*/faults-vm: \1/p' "$table")
}

# run_faults: every system call that fails is a test; build/logs/faults.txt has the tables.
run_faults() {
    local table=build/logs/faults.txt more=() scenario survived all wrong_here
    [[ ${FAULTS:-} != all ]] || more=(--all)
    built release && built asan || return 0
    timed "faults"
    mkdir -p build/logs
    # A boot waits for its links and leases a third of its time; those of `after` wait for a renewal too.
    {
        build/asan/tests/faults/nlinit_faults build/release/nlinit build/faults "${more[@]}" --jobs 6 boot netsetup \
            --jobs 28 after || true
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

# check_fuzz: every fuzzer searches for a while; what it finds stays in build/asan/found.
check_fuzz() {
    mkdir -p build/asan/found
    find build/asan/tests/fuzz -name 'fuzz_*' -type f -executable -printf '%f\n' | sed 's/^fuzz_//' |
        xargs -P 2 -I NAME sh -c 'mkdir -p build/asan/found/NAME && build/asan/tests/fuzz/fuzz_NAME \
            -max_total_time="$1" -print_final_stats=1 -artifact_prefix=build/asan/found/NAME. \
            build/asan/found/NAME tests/fuzz/corpus/NAME' sh "${FUZZ_SECONDS:-5}"
}

# check_tidy: begun or not.
check_tidy() {
    [[ -v "begun[tidy]" ]] || begin tidy scripts/tidy.sh '-clang-analyzer-*'
    finish tidy
}

check_format() { find src include tests -name '*.[ch]pp' -print0 | xargs -0 clang-format --dry-run -Werror; }

check_shell() {
    # Programs of sed, awk and sh stand in single quotes (SC2016). What case.sh gives to a case and takes from it is
    # seen by neither alone. QEMU's arguments have commas (SC2054).
    shellcheck -x -P SCRIPTDIR -s bash -e SC2016 .ci/run scripts/*.sh scripts/lib/*.sh tests/vm/*.sh \
        tests/package/*.sh packaging/*/*.sh &&
        shellcheck -s bash -e SC2034,SC2054,SC2154 tests/vm/cases/*.sh
}

rm -rf build/logs/tests
timed "installing"
scripts/install_deps.sh "$(purpose)"
if wants format; then check format check_format; fi
if wants layers; then
    check layers scripts/check_layers.sh
    check waits scripts/check_waits.sh
fi
if wants docs; then check docs scripts/check_docs.sh; fi
if wants shell; then check shell check_shell; fi

if wants unit; then
    run_suites unit unit_tests 2 shards
    run_suites fleet fleet_tests 2 shards
fi
# The tests of the kernel and of servers wait for most of their time.
if { wants size || wants vm; } && { wants kernel || wants hostile || wants interop; } && built asan; then
    begin_releases "${idly[@]}"
fi
if wants kernel; then run_suites kernel kernel_tests 6; fi
# Both wait for half of their time, so that they run side by side.
if wants hostile && wants interop; then begin_suites interop interop_tests 8 shards; fi
if wants hostile; then
    run_suites hostile hostile_tests 8
    list_hostile >build/logs/hostile.txt
    [[ " $named " != *' hostile '* ]] || cat build/logs/hostile.txt
fi
if wants interop; then
    run_suites interop interop_tests 8 shards
    table_of_interop
fi
if wants size || wants vm; then built_releases; fi
if wants tidy && { wants package || wants faults; } && built asan; then
    begin tidy "${idly[@]}" scripts/tidy.sh '-clang-analyzer-*'
fi
if wants documents && built asan && built release; then
    check documents tests/package/documents.sh asan
    check commands tests/package/commands.sh
fi
if wants package && built asan; then check package tests/package/run.sh asan; fi
if wants size; then check_sizes; fi
if wants installed; then
    check packages scripts/package.sh --rpm "$(host_architecture)"
    check installed tests/package/installed.sh
fi
if wants reproducible; then check reproducible tests/package/reproducible.sh; fi
if wants faults; then run_faults; fi
if wants vm; then run_vm; fi
if wants faults-vm; then run_faults_vm; fi
if wants docker; then check docker scripts/demo.sh --docker; fi
if wants services && built release; then check services tests/vm/run.sh recipe_of_debian_services_answers; fi
if wants fuzz && built asan; then check fuzz check_fuzz; fi
if wants tidy && built asan; then check tidy check_tidy; fi
if wants analyzer && built asan; then check analyzer scripts/tidy.sh '-*,clang-analyzer-*'; fi

timed "done"
slowest_tests
table_of_stages
if ((${#wrong[@]} > 0)); then printf 'not passed: %s\n' "${wrong[@]}"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed + skipped == 0))
