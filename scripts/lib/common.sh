# SPDX-License-Identifier: Apache-2.0
# Sourced by every script: answers --help with what stands at the script's head, enters the repository's root, prints one
# line a stage with the seconds since the start, and keeps the output of noisy commands in build/logs.

case ${1:-} in
    -h | --help)
        sed -n '2,/^[^#]/ { /SPDX-License-Identifier/ d; s/^# \{0,1\}//p }' "$0"
        exit
        ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

stage() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# logged NAME COMMAND…: runs COMMAND with its output in build/logs/NAME.log; shows the end of that log if it fails.
logged() {
    local log=build/logs/$1.log status=0
    shift
    mkdir -p build/logs
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        printf -- '---- %s failed with status %d; the end of %s:\n' "$1" "$status" "$log"
        tail -n 40 "$log"
        printf -- '----\n'
    fi
    return "$status"
}

# watched NAME COMMAND…: logged, and meanwhile the newest line of the log: for what takes long.
watched() {
    local status=0 watcher
    mkdir -p build/logs
    : >"build/logs/$1.log"
    show_newest "build/logs/$1.log" &
    watcher=$!
    logged "$@" || status=$?
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    [[ ! -t 1 ]] || printf '\r\e[K'
    return "$status"
}

# show_newest LOG: on a terminal one line that moves, else a line every ten seconds. A job in the background is not ended
# by the terminal's interrupt, so it looks whether its script is still there.
show_newest() {
    local pause=10 line before=''
    [[ ! -t 1 ]] || pause=1
    while sleep "$pause" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        line=$(tail -n 1 "$1")
        if [[ ! -t 1 ]]; then
            if [[ $line == "$before" ]]; then
                stage "still running: the step behind $line"
            else
                stage "finished: $line"
            fi
            before=$line
        else
            printf '\r\e[K%.*s' "$((${COLUMNS:-80} - 1))" "$line"
        fi
    done
}

# wait_until SECONDS COMMAND…: true as soon as COMMAND is; for what gives no event to a shell, as a socket file.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= end)) || return 1
        sleep 0.02
    done
}
