# SPDX-License-Identifier: Apache-2.0
# Sourced by the demo and by the VM tests: makes what a guest boots from and boots it in QEMU, emulated. Everything of
# one guest lies in a folder of its own, with the serial console in serial.log. VM_ARCH is the guests' architecture,
# this machine's if it is not set. Needs lib/common.sh.
source "$(dirname "${BASH_SOURCE[0]}")/architecture.sh"
source "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

VM_ARCH=${VM_ARCH:-$(host_architecture)}
VM_MODULES=virtio_pci,virtio_blk,virtio_net,erofs,virtiofs # what Debian's kernel has not built in
VM_SPARE_MODULES= # in the image besides, but not on the kernel's command line: for who loads them by itself
VM_NLINIT=${NLINIT:-$(release_program "$VM_ARCH")}
VM_TOOL=${NLINIT_TOOL:-$(release_program "$(host_architecture)")} # makes images for any architecture
VM_KERNEL=${KERNEL:-build/kernel-$VM_ARCH/root} # an unpacked package, with depmod(8)'s index of its modules
VM_PAYLOAD=build/vm/$VM_ARCH/payload
VM_BUSYBOX=build/busybox-$VM_ARCH/bin/busybox
VM_INITRAMFS=(-initrd initramfs.cpio.gz) # () for a root that the kernel mounts by itself
VM_MEMORY=256 # MiB
# shellcheck disable=SC2054 # the commas are QEMU's
VM_ACCELERATOR=(-accel tcg,thread=multi)
# For $VM_ACCELERATOR where time is measured: the guest's clock counts its instructions, a nanosecond each. What the
# emulator takes for translating what runs for the first time is no part of a real machine's boot, and neither is the
# host's noise.
# shellcheck disable=SC2034,SC2054
VM_COUNTING=(-accel tcg,thread=single -icount shift=0)
VM_JOBS=()

# The machine, and what its first serial port is called in the guest. No accelerator but TCG: a /dev/kvm that opens may
# still run no guest. The devices on it are virtio ones on PCI in either.
case $VM_ARCH in
    amd64)
        # q35, not microvm: that shows virtio devices to Debian's kernel only by ACPI, and with ACPI, but without HPET
        # and PM timer, an emulated guest hangs in the calibration of its clock.
        VM_MACHINE=(qemu-system-x86_64 -M "q35,memory-backend=memory" -cpu max)
        VM_CONSOLE=ttyS0
        VM_WORDS=no_timer_check # a host under load is late with the ticks that the kernel counts, and it panics
        VM_KEYBOARD=() # a PS/2 one is there
        ;;
    arm64)
        # cortex-a72, not max: emulated pointer authentication makes a boot last four times as long.
        VM_MACHINE=(qemu-system-aarch64 -M "virt,memory-backend=memory" -cpu cortex-a72)
        VM_CONSOLE=ttyAMA0
        VM_WORDS=
        VM_KEYBOARD=(-device virtio-keyboard-pci)
        ;;
    *) die "no guests of architecture '$VM_ARCH': amd64 or arm64" ;;
esac

# vm_has_keyboard: for the guest that boots next, which adds $VM_KEYBOARD to its QEMU arguments.
vm_has_keyboard() { ((${#VM_KEYBOARD[@]} == 0)) || VM_MODULES+=,virtio_input; }

# vm_has_acpi: for guests of this script, which on arm64 have it from a firmware; without one they have a device tree.
vm_has_acpi() {
    [[ $VM_ARCH == arm64 ]] || return 0
    fetch_packages arm64 build/firmware-arm64 qemu-efi-aarch64 || die "apt-get could not fetch qemu-efi-aarch64"
    VM_MACHINE+=(-bios "$PWD/build/firmware-arm64/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")
}

# vm_prepare: the kernel and the payload, which all guests share.
vm_prepare() {
    [[ -n ${KERNEL:-} ]] || scripts/fetch_kernel.sh "$VM_ARCH" >/dev/null
    mkdir -p "$(dirname "$VM_PAYLOAD")"
    [[ $VM_PAYLOAD -nt tests/vm/payload.cpp ]] ||
        logged "payload_$VM_ARCH" "$(cross_prefix "$VM_ARCH")g++" -std=c++20 -Os -Wall -Wextra -static -s \
            -o "$VM_PAYLOAD" tests/vm/payload.cpp
}

# vm_fetch_busybox: the static $VM_BUSYBOX, for guests that test with a shell.
vm_fetch_busybox() {
    fetch_packages "$VM_ARCH" "build/busybox-$VM_ARCH" busybox-static || die "apt-get could not fetch busybox-static"
    [[ -x $VM_BUSYBOX ]] || die "busybox-static has no $VM_BUSYBOX"
}

# vm_image WORD…: an initramfs with $VM_NLINIT as its init, $VM_MODULES and $VM_SPARE_MODULES.
vm_image() {
    local source=() wanted=$VM_MODULES,$VM_SPARE_MODULES
    [[ $wanted == , ]] || source=(--modules-from "$VM_KERNEL" --modules "$wanted")
    "$VM_TOOL" initramfs --init "$VM_NLINIT" "${source[@]}" "$@"
}

# vm_modules TREE: these modules where nlinit looks for them, for a root that the kernel mounts by itself.
vm_modules() { vm_image | (cd "$1" && cpio -id --quiet 'lib/*'); }

# vm_initramfs FOLDER [CONFIG]: FOLDER/initramfs.cpio.gz with nlinit as /init, the modules, the payload and the config,
# whatever is in it, and what is in FOLDER/files.
vm_initramfs() {
    local tree=$1/initramfs
    rm -rf "$tree"
    install -D "$VM_PAYLOAD" "$tree/sbin/payload"
    [[ -z ${2:-} ]] || install -D -m 0644 "$2" "$tree/etc/nlinit.toml"
    [[ ! -d $1/files ]] || cp -a "$1/files/." "$tree"
    if declare -F vm_more_files >/dev/null; then vm_more_files "$tree"; fi
    vm_image --add "/=$tree" | gzip -1 >"$1/initramfs.cpio.gz"
}

# tree_of_root FOLDER CONFIG: FOLDER/root, what a root holds: nlinit, the payload, a certificate, the config and empty
# mount points. No shell, no busybox.
tree_of_root() {
    local tree=$1/root
    rm -rf "$tree"
    mkdir -p "$tree"/{proc,sys,dev,run,tmp,var,Users,arcbox}
    install -D "$VM_NLINIT" "$tree/sbin/nlinit"
    install -D "$VM_PAYLOAD" "$tree/sbin/payload"
    install -D -m 0644 "$2" "$tree/etc/nlinit.toml"
    mkdir "$tree/cacerts"
    echo 'no real certificate' >"$tree/cacerts/ca-certificates.crt"
    if declare -F vm_more_files >/dev/null; then vm_more_files "$tree"; fi
}

# vm_root FOLDER CONFIG: FOLDER/root.erofs, a read-only root of that.
vm_root() {
    tree_of_root "$1" "$2"
    mkfs.erofs --quiet -T0 --all-root "$1/root.erofs" "$1/root"
}

# vm_share FOLDER NAME: shares FOLDER/NAME with the guest that boots next from FOLDER, which adds $VM_SHARE to its
# QEMU arguments. The daemon ends with that guest. It locks a file in /run that is named after its socket's path as
# given here, so that needs a name of its own among all that run.
# shellcheck disable=SC2034,SC2054
VM_SHARE=(-chardev "socket,id=share,path=virtiofsd.$$.sock" -device vhost-user-fs-pci,chardev=share,tag=users)
vm_share() {
    local socket=virtiofsd.$$.sock
    rm -f "$1/$socket"
    (cd "$1" && exec timeout -s KILL 180 /usr/lib/qemu/virtiofsd --socket-path="$socket" -o source="$PWD/$2" \
        -o cache=none -o sandbox=chroot >virtiofsd.log 2>&1 </dev/null) &
    VM_JOBS+=($!)
    wait_until 5 test -S "$1/$socket" || die "virtiofsd made no socket; see $1/virtiofsd.log"
}

# console_lines: the lines that a guest wrote to the serial port that standard input is from. A program's is in one piece
# again where the kernel wrote its own into the middle.
console_lines() {
    local line rest='' stamp='\[ *[0-9]+\.[0-9]{6}\] .*'
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line//$'\r'/}
        if [[ ! $line =~ ^$stamp ]]; then
            if [[ $line =~ $stamp ]]; then
                rest+=${line%%"${BASH_REMATCH[0]}"}
                line=${BASH_REMATCH[0]}
            else
                line=$rest$line
                rest=''
            fi
        fi
        printf '%s\n' "$line"
    done
    [[ -z $rest ]] || printf '%s\n' "$rest"
}

# vm_boot FOLDER SECONDS KERNEL_WORDS QEMU_ARGUMENT…: runs the guest to its end, which is a power off, a reboot or the
# limit. Its console goes to FOLDER/serial.log, and each line to vm_line if the caller has such a function, which may
# answer through vm_monitor. True if the guest ended by itself.
vm_boot() {
    local folder=$1 limit=$2 words=$3 kernel line status=0
    shift 3
    kernel=$(realpath "$VM_KERNEL"/boot/vmlinuz-*)
    rm -f "$folder"/{serial,monitor.in,monitor.out}
    mkfifo "$folder"/{serial,monitor.in,monitor.out}
    : >"$folder/serial.log"
    # panic=-1: a panic ends the guest at once.
    (cd "$folder" && exec timeout -s KILL "$limit" "${VM_MACHINE[@]}" \
        "${VM_ACCELERATOR[@]}" -smp 1 -m "$VM_MEMORY" -object "memory-backend-memfd,id=memory,size=${VM_MEMORY}M,share=on" \
        -nodefaults -no-user-config -display none -no-reboot -serial stdio -monitor pipe:monitor \
        -kernel "$kernel" "${VM_INITRAMFS[@]}" \
        -append "console=$VM_CONSOLE panic=-1 $VM_WORDS ${VM_MODULES:+nlinit.modules=$VM_MODULES} $words" "$@" \
        >serial 2>qemu.log </dev/null) &
    local qemu=$!
    VM_JOBS+=("$qemu")
    exec {VM_MONITOR}<>"$folder/monitor.in"
    exec {VM_ANSWERS}<>"$folder/monitor.out"
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$folder/serial.log"
        if declare -F vm_line >/dev/null; then vm_line "$line"; fi
    done < <(console_lines <"$folder/serial")
    wait "$qemu" 2>/dev/null || status=$? # quiet: the shell would name the signal
    exec {VM_MONITOR}>&- {VM_ANSWERS}>&-
    if ((status == 137)); then
        printf 'the guest did not end within %s s; its last line: %s\n' "$limit" "$(tail -n 1 "$folder/serial.log")"
        return 1
    elif ((status != 0)); then
        printf 'QEMU ended with status %d: %s\n' "$status" "$(tail -n 1 "$folder/qemu.log")"
        return 1
    fi
}

# free_port: one of this machine's, below those that the kernel gives by itself.
free_port() {
    local port=$((20000 + $$ % 10000))
    while [[ -n $(ss -Hltn "sport = :$port") ]]; do port=$((port + 1)); done
    echo "$port"
}

# vm_monitor COMMAND: one command to QEMU, as "device_add …", while vm_boot runs.
vm_monitor() { printf '%s\n' "$1" >&"$VM_MONITOR"; }

# vm_end: for a trap on EXIT; ends what is still running of this script's guests.
vm_end() {
    local job
    for job in "${VM_JOBS[@]}"; do
        kill "$job" 2>/dev/null || true
    done
}
