# SPDX-License-Identifier: Apache-2.0
# Sourced by bench.sh: boots of an emulated VM, from the kernel's running init to the payload. The same kernel, modules,
# mounts and server for all, by turns: those of the arcbox profile, which the busybox flow makes. Needs $folder, $nlinit
# and $busybox, and lib/common.sh.
# shellcheck disable=SC2154
source "scripts/lib/vm.sh"

BOOT_INITS=(nlinit auto floor busybox) # auto: nlinit from the same image, without a list of modules
[[ ! -v BEFORE ]] || BOOT_INITS+=(before)

# boot_files NAME TREE: NAME as the init that is measured, and what it needs.
boot_files() {
    local tree=$2
    install "$folder/boot_payload" "$tree/payload"
    case $1 in
        nlinit | auto) install "$nlinit" "$tree/measured_init" ;;
        before) install "$BEFORE" "$tree/measured_init" ;;
        floor) install "$folder/floor_init" "$tree/measured_init" ;;
        busybox)
            install -D "$busybox" "$tree/bin/busybox"
            install "$folder/floor_init" "$folder/busybox_flow" "$tree/"
            cat >"$tree/measured_init" <<'SCRIPT'
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
while read -r module; do /bin/busybox insmod "$module"; done </modules.list
exec /floor_init busybox
SCRIPT
            chmod 0755 "$tree/measured_init"
            ;;
    esac
    modprobe -d "$VM_KERNEL" -S "$(basename "$VM_KERNEL"/lib/modules/*)" --show-depends --all \
        ${VM_MODULES//,/ } | awk '
        $1 == "insmod" { file = $2; sub(".*/lib/modules/", "/lib/modules/", file); if (!seen[file]++) print file }' >"$tree/modules.list"
}

# boot_image NAME: an initramfs in which NAME is the init.
boot_image() {
    local at=$folder/boot/$1
    mkdir -p "$at"
    boot_init=$1
    vm_more_files() { boot_files "$boot_init" "$1"; }
    VM_NLINIT=$folder/boot_start VM_PAYLOAD=$folder/boot_payload VM_TOOL=$nlinit vm_initramfs "$at"
}

# boot_once NAME: its stamps are in microseconds, and boot.json's moment of the network in milliseconds.
boot_once() {
    local at=$folder/boot/$1 list=$VM_MODULES network payload
    [[ $1 != auto ]] || list=
    VM_MODULES=$list vm_boot "$at" 90 "quiet loglevel=3 nlinit.profile=arcbox -- /payload" -netdev user,id=net0 \
        -device virtio-net-pci,netdev=net0,romfile= || die "$1 did not get to its end; see $at/serial.log"
    read -r network payload < <(sed -n 's/^stamps //p' "$at/serial.log") || die "no stamps in $at/serial.log"
    if [[ $1 != floor && $1 != busybox ]]; then
        network=$(awk '$1 == "start_ms" { start = $2 }
            /"configured": [0-9]/ { end = $3 }
            END { printf "%d", (end - start) * 1000 }' "$at/serial.log")
    fi
    printf '%s %s %s\n' "$1" "$network" "$payload" >>"$folder/boot/times"
}

# boot_table: medians, and the ratio to the floor.
boot_table() {
    printf '%-9s %12s %12s %10s %10s\n' "" 'network/ms' 'payload/ms' 'x floor' 'min-max'
    local name column
    for name in "${BOOT_INITS[@]}"; do
        for column in 2 3; do
            awk -v name="$name" -v column="$column" '$1 == name { print $column }' "$folder/boot/times" | sort -n |
                awk '{ v[NR] = $1 } END { printf "%s %s %s ", v[int((NR + 1) / 2)], v[1], v[NR] }'
        done
        echo "$name"
    done | awk '{ network[$7] = $1; payload[$7] = $4; low[$7] = $5; high[$7] = $6; order[NR] = $7 }
        END { for (i = 1; i <= NR; i++) { n = order[i]
            printf "%-9s %12.1f %12.1f %10.2f %5.0f-%.0f\n", n, network[n] / 1000, payload[n] / 1000,
                payload[n] / payload["floor"], low[n] / 1000, high[n] / 1000 } }'
}

bench_boot() {
    local name round
    VM_MODULES=virtio_pci,virtio_net
    VM_ACCELERATOR=("${VM_COUNTING[@]}")
    compile boot_start tests/bench/boot_start.cpp
    compile boot_payload tests/bench/boot_payload.cpp
    compile floor_init tests/bench/floor{_init,}.cpp
    scripts/fetch_kernel.sh "$VM_ARCH" >/dev/null
    rm -rf "${folder:?}/boot"
    mkdir -p "$folder/boot"
    stage "boot: making the images"
    for name in "${BOOT_INITS[@]}"; do boot_image "$name"; done
    stage "boot: ${#BOOT_INITS[@]} inits, ${BOOT_ROUNDS:-5} rounds"
    for ((round = 0; round < ${BOOT_ROUNDS:-5}; round++)); do
        for name in "${BOOT_INITS[@]}"; do boot_once "$name"; done
    done
    boot_table
}
