#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# systemd-networkd for one link, without systemd: nobody listens on D-Bus, and where /sys is read-only it waits for no
# udev. Its name servers are in /run/systemd/netif/links/INDEX.
#   tests/bench/networkd.sh INTERFACE
set -euo pipefail
mkdir -p /run/systemd/network
cat >/run/systemd/network/bench.network <<END
[Match]
Name=$1
[Network]
DHCP=no
LinkLocalAddressing=ipv6
IPv6AcceptRA=yes
END
exec /lib/systemd/systemd-networkd
