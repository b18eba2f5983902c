# SPDX-License-Identifier: Apache-2.0
# A payload of an unprivileged user's that makes shared memory of System V until there is none, which stays when it is
# killed, and so leaves ever less to the next start: each time it is killed in its cgroup, which is said, and no kernel
# panics.
once
config <<'TOML'
[network]
wait = false
[payload]
command = ["/sbin/payload", "--fill-shared-memory"]
user = "1000:1000"
restart = "on-failure"
TOML
kills=0 starts=0
# The third finds no memory left at all.
vm_line() {
    case $1 in
        *'oom-kill:'*) kills=$((kills + 1)) ;; # nlinit says it once
        *'payload: started /sbin/payload'*)
            starts=$((starts + 1))
            ((starts != 3)) || vm_monitor 'sendkey ctrl-alt-delete'
            ;;
    esac
}
vm_has_keyboard
LIMIT=120
boot "loglevel=7 root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${VM_KEYBOARD[@]}"
expect 'payload: /sbin/payload ended with status 137: killed by SIGKILL; it was killed for memory, of which it may have [0-9]+M'
((kills >= 2)) || wrong+=("the payload was not killed again")
expect 'reboot: Restarting system'
