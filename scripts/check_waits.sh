#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Holds the rule that PID 1's thread touches /proc, /sys, /dev, /run and sockets, and nothing else: whatever else there is
# may be on a disk or a share that never answers, and is for a child (sys/aside, sys/call_apart).
#
# How: a call is looked at where its name is one of those below: system calls that take a path or a filesystem, and our
# own functions that make them for whatever path they are given. It is let pass where its first argument is a text that
# begins with /proc, /sys, /dev or /run. All others must be in scripts/waits.txt: the file, the name, how many calls, and
# why none of them makes PID 1 wait; or "* -" for a file that is a child's, or another program's, as a whole. A call more
# than that, or fewer, is an error; so whoever adds one has to say who makes it. The check tries itself first, on
# violations that it plants in a copy.
#
# What it cannot see: who calls the function that a call is in (that is what the reasons are about, and the tests of
# tests/app/pid1/boot_silence_test.cpp); a path in a variable that leads elsewhere than its name says; a symbolic link in /run
# that the user made; read(2) and write(2) of descriptors; and what another name hides, such as a pointer to a function.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

rooms=(app sys netlink dhcp_io)
list=scripts/waits.txt

calls=(
    open openat creat opendir stat lstat fstatat statx access faccessat statfs statvfs fstatfs readlink readlinkat
    mkdir mkdirat mknod rmdir unlink unlinkat rename renameat link symlink chmod chown truncate utimensat
    chdir fchdir chroot mount umount umount2 pivot_root sync syncfs fsync swapoff swapon execve execv execvp
    finit_module inotify_add_watch
)
ours=(
    read_file write_file read_file_at write_file_at write_kernel_file make_directories set_directory_mode make_symlink exists exists_in
    is_on_read_only find_place read_file_of_root check_program_of_root remove_file write_root_file read_root_file write_or_cover copy_up root_is_read_only lay_memory_over
    lay_overlay_over runs_from_initramfs enter_new_root switch_to_memory mount_new_root find_identity look_for
    why_not_executed why_user_may_not_run read_lease_file write_lease_file remove_lease_file read_config_file
    read_payload_file find_shell carry_out write_hosts write_resolv_conf hand_over exec ModuleLoader
)

# found DIRECTORY: "file name count" of every call that is not let pass.
found() {
    local room folders=()
    for room in "${rooms[@]}"; do folders+=("$1/$room"); done
    find "${folders[@]}" -name '*.cpp' | sort | xargs awk -v names="${calls[*]} ${ours[*]}" '
        BEGIN {
            count = split(names, list, " ")
            for (i = 1; i <= count; ++i) wanted[list[i]] = 1
        }
        FNR == 1 { file = FILENAME }
        {
            line = $0
            sub(/(^|[[:space:]])\/\/.*/, "", line)
            if (line ~ /^#include/) next
            # A call: a name and a parenthesis; not of an object, nor of a class or a room other than sys and app.
            while (match(line, /[A-Za-z_][A-Za-z_0-9]*\(/)) {
                name = substr(line, RSTART, RLENGTH - 1)
                before = substr(line, 1, RSTART - 1)
                line = substr(line, RSTART + RLENGTH)
                if (!(name in wanted)) continue
                if (before ~ /[.>]$/) continue
                if (before ~ /[A-Za-z_0-9]::$/ && before !~ /(^|[^A-Za-z_0-9])(sys|app|dhcp_io|plan)::$/) continue
                if (line ~ /^(AT_FDCWD, )?(concat\(\{)?"\/(proc|sys|dev|run)[\/"]/) continue
                ++calls[file " " name]
            }
        }
        END { for (call in calls) print call, calls[call] }' | sort
}

# complaints DIRECTORY: what is found there and is not in the list, or the other way round.
complaints() {
    awk -v folder="$1/" -v list="$list" '
        /^(#|$)/ { next }
        FILENAME == list && $2 == "*" { whole[$1] = 1; next }
        FILENAME == list { listed[$1 " " $2] = $3; next }
        { sub("^" folder, ""); there[$1 " " $2] = $3 }
        END {
            for (call in there) {
                split(call, at, " ")
                if (!(at[1] in whole) && there[call] != listed[call])
                    printf "src/%s: %d calls of %s, where %s has %d\n", at[1], there[call], at[2], list, listed[call]
            }
            for (call in listed) if (!(call in there)) printf "src/%s: there are none, though %s has\n", call, list
        }' "$list" <(found "$1") | sort
}

# Each planted line has to be found.
try_itself() {
    local copy planted
    copy=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$copy'" RETURN
    for planted in 'const bool is_there = sys::exists(path);' '::unlink(path.c_str());' \
        'const auto text = sys::read_file(path, 1);' 'if (statfs(target.c_str(), &status) != 0) return;'; do
        rm -rf "$copy/src"
        cp -r src "$copy/src"
        printf 'void planted() { %s }\n' "$planted" >>"$copy/src/app/pid1/boot_network.cpp"
        [[ -n $(complaints "$copy/src") ]] || die "does not find '$planted' where it is planted"
    done
}

export LC_ALL=C
unlisted=$(complaints src)
if [[ -n $unlisted ]]; then
    printf '%s\n' "$unlisted"
    die "PID 1 may wait for ever by a call that $list does not account for"
fi
try_itself
unreasoned=$(sed -E '/^(#|$)/d' "$list" | awk 'NF < 4')
[[ -z $unreasoned ]] || die "$list has no reason for: $unreasoned"
printf 'PID 1 waits for /proc, /sys, /dev, /run and sockets alone\n'
