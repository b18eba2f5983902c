#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes docs/boot-timeline.svg again: one boot in an emulated QEMU, from an initramfs to a read-only EROFS root with a
# virtiofs share, DHCP and a payload, as `nlinit report --svg` shows it. The host reads the report from the share.
#   scripts/timeline.sh [SVG]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/vm.sh"

folder=build/timeline
svg=${1:-docs/boot-timeline.svg}
config='[system]
report = "/Users/boot.json"
[payload]
command = ["/sbin/payload"]
on_exit = "poweroff"
'

scripts/install_deps.sh demo
scripts/build.sh release
vm_prepare
trap vm_end EXIT
rm -rf "$folder"
mkdir -p "$folder/share"
printf '%s' "$config" >"$folder/nlinit.toml"
# The initramfs has the config as well, so that its network is the root's and need not be started again.
vm_initramfs "$folder" "$folder/nlinit.toml"
vm_root "$folder" "$folder/nlinit.toml"
vm_share "$folder" share
stage "booting"
vm_boot "$folder" 90 "quiet loglevel=4 root=/dev/vda rootfstype=erofs ro" \
    -drive if=none,id=root,file=root.erofs,format=raw,readonly=on -device virtio-blk-pci,drive=root \
    -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile= "${VM_SHARE[@]}" ||
    die "the boot failed; the console is in $folder/serial.log"
"$VM_NLINIT" report "$folder/share/boot.json"
"$VM_NLINIT" report --svg "$folder/share/boot.json" >"$svg"
stage "$svg"
