# Sourced by every script: enters the repository's root, prints one line a stage with the seconds since the start, and
# keeps the output of noisy commands in build/logs.

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

# wait_until SECONDS COMMAND…: true as soon as COMMAND is; for what gives no event to a shell, as a socket file.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= end)) || return 1
        sleep 0.02
    done
}
