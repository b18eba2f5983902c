# SPDX-License-Identifier: Apache-2.0
# A virtiofs whose daemon is stopped between the driver's start and the mount: the guest goes on after a while, and says
# which share does not answer. What would be made on it is left out.
once
config <<'TOML'
profile = "minimal"
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[[directory]]
path = "/Users/below"
[payload]
command = ["/sbin/payload", "--no-share", "--exit", "42"]
TOML
mkdir "$folder/share"
vm_share "$folder" share
# The daemon runs again before the machine ends, or QEMU would wait for it.
signal_daemon() { kill -"$1" "$(pgrep -P "${VM_JOBS[0]}")"; }
vm_line() {
    case $1 in
        *'load module virtiofs: done'*) signal_daemon STOP ;;
        'payload: exit'*) signal_daemon CONT ;;
    esac
}
boot "root=/dev/vda rootfstype=erofs ip=off loglevel=8 nlinit.log=debug" "${ROOT[@]}" "${VM_SHARE[@]}"
expect 'mount virtiofs users on /Users: nobody answers; the boot goes on'
expect 'make directory /Users/below: left out, since nobody answers behind /Users'
expect '^payload: exit 42$'
expect 'reboot: Power down'
