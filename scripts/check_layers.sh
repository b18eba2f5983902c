#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks who may know whom: the rooms of core know no system header, no libnl, no spdlog and no clock, and includes
# between rooms go one way. Names file and line of each violation.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

core=(base net machine wire dhcp dhcp6 config plan image record)

# What each room may include, besides itself. The hands know values, and nothing of the user's schema.
declare -A may=(
    [base]=''
    [net]='base'
    [machine]='base'
    [wire]='base net'
    [dhcp]='base net wire'
    [dhcp6]='base net'
    [config]='base net machine'
    [plan]='base net machine config'
    [image]='base'
    [record]='base'
    [sys]='base net machine image'
    [netlink]='base net sys'
    [dhcp_io]='base net wire dhcp dhcp6 sys netlink'
    [app]="${core[*]} sys netlink dhcp_io"
)

violations=0
# report REASON: standard input is what grep -n found, "file:line:text".
report() {
    local line
    while IFS= read -r line; do
        printf '%s: %s\n' "$line" "$1"
        violations=$((violations + 1))
    done
}

# files ROOM…: the folders of these rooms that exist.
folders() {
    local room
    for room; do
        find "src/$room" "include/nlinit/$room" -maxdepth 0 2>/dev/null || true
    done
}

mapfile -t core_folders < <(folders "${core[@]}")
# MS_* of <sys/mount.h> are the values that a row of mounts is made of.
report 'a room of core includes a header of the system' < <(
    grep -rnE '#include <((sys|linux|net|netinet|netpacket|arpa|asm)/|(unistd|fcntl|poll|signal|pthread|time|sched|dirent|ifaddrs|netdb)\.h)' \
        "${core_folders[@]}" | grep -vE '^src/(machine|plan)/[a-z_]+\.cpp:[0-9]+:#include <sys/mount\.h>'
)
report 'a room of core includes libnl or spdlog' < <(grep -rnE '#include <(netlink|spdlog|fmt)/' "${core_folders[@]}")
report 'a room of core reads a clock' < <(grep -rnE '(::|\.|->)now\(|clock_gettime\(|std::time\(' "${core_folders[@]}")
report 'a room of core other than config includes toml++' < <(
    grep -rn '#include <toml++' "${core_folders[@]}" | grep -v '^src/config/'
)

report 'a file of core other than base/json_reader includes RapidJSON' < <(
    grep -rn '#include <rapidjson/' "${core_folders[@]}" | grep -v '^src/base/json_reader.cpp:'
)

for room in "${!may[@]}"; do
    mapfile -t room_folders < <(folders "$room")
    ((${#room_folders[@]} > 0)) || continue
    allowed="$room ${may[$room]}"
    report "$room may include only: $allowed" < <(
        grep -rnE '#include "nlinit/' "${room_folders[@]}" | grep -vE "\"nlinit/(${allowed// /|})/"
    )
    # A header without a folder is the room's own.
    report 'headers of other rooms are included as "nlinit/ROOM/…"' < <(
        grep -rnE '#include "[^"]*/' "${room_folders[@]}" | grep -vE '#include "(nlinit|app)/'
    )
done

# The rooms of the program: what each may include of the others, besides itself and the headers of app itself.
declare -A program_may=([network]='' [netsetup]='network' [pid1]='network' [tool]='pid1 network netsetup')
report 'only the program includes headers of app' < <(
    grep -rn '#include "app/' src include --include='*.[ch]pp' | grep -v '^src/app/'
)
for room in "${!program_may[@]}"; do
    allowed="$room ${program_may[$room]}"
    report "app/$room may include of app only: $allowed" < <(
        grep -rnE '#include "app/[a-z0-9_]+/' "src/app/$room" | grep -vE "\"app/(${allowed// /|})/"
    )
done

for folder in src/app/*/; do
    [[ -v "program_may[$(basename "$folder")]" ]] ||
        report 'no room of this name: scripts/check_layers.sh knows them' <<<"$folder"
done
for folder in src/* include/nlinit/*; do
    [[ -v "may[${folder##*/}]" ]] || report 'no room of this name: scripts/check_layers.sh knows them' <<<"$folder"
done

((violations == 0)) || die "$violations violations"
echo 'layers: every include goes the one way'
