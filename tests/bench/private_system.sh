#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in a mount namespace of its own, whose /etc is a copy and whose /run and client state are empty, so
# that clients may write resolv.conf, pid files and leases as they like. A lease does not outlive a run: what is
# measured is a first boot. /sys shows the network namespace of the caller.
#   tests/bench/private_system.sh COMMAND…
set -euo pipefail

if [[ ${1:-} != --inside ]]; then
    exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift

etc=$(mktemp -d)
mount -t tmpfs etc "$etc"
cp -a /etc/. "$etc"
mount --move "$etc" /etc
rmdir "$etc"
mount -t tmpfs run /run
mount -t sysfs -o ro sys /sys # where it can be written systemd-networkd waits for udev
# As the RuntimeDirectory= of its unit.
! getent passwd systemd-network >/dev/null ||
    install -d -o systemd-network -g systemd-network /run/systemd/netif{,/links,/leases}
for state in /var/lib/dhcp /var/lib/dhcpcd; do
    [[ ! -d $state ]] || mount -t tmpfs -o ro state "$state"
done
exec "$@"
