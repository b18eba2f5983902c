# SPDX-License-Identifier: Apache-2.0
# QEMU's system_powerdown is a press of the power button: an orderly end, with all of the payload's grace, which a second
# press does not shorten. nlinit loads the drivers by itself. The button is ACPI's also on arm64: Debian's cloud kernel
# has no driver for that of a device tree.
busybox
disk data
VM_MODULES+=,ext4,virtio_console
VM_SPARE_MODULES=button,evdev
vm_has_acpi
config <<'TOML'
[system]
notify = "port:org.nlinit.notify"
[network]
wait = false
[[mount]]
source = "/dev/vda"
target = "/data"
type = "ext4"
[payload]
command = ["/bin/busybox", "sh", "-c", """
PATH=/bin
asked() {
    exec 3<$button
    echo payload: asked
    busybox dd bs=24 count=1 of=/data/press <&3 2>/dev/null # until it is pressed again
    echo payload: ends
    exit 7
}
trap asked TERM
button=
until [ -n "$button" ]; do
    for name in /sys/class/input/event*/device/name; do
        if [ "$(busybox cat \"$name\")" = 'Power Button' ]; then
            event=${name%/device/name}
            button=/dev/input/${event##*/}
        fi
    done
done
echo payload: waits
while :; do busybox sleep 1; done
"""]
TOML
vm_line() {
    case $1 in
        *'listens to the power button '*) listening=1 ;;
        *'payload: waits'*) waiting=1 ;;
        *'payload: asked'*) vm_monitor system_powerdown ;;
        *) return 0 ;;
    esac
    if [[ $listening$waiting == 11 ]]; then
        listening=
        vm_monitor system_powerdown
    fi
}
told() { grep -Eqx -- "$1" "$folder/notify.log" || wrong+=("notify.log has no line $1"); }

machines=(virt)
[[ $VM_ARCH != amd64 ]] || machines=(q35 pc)
for machine in "${machines[@]}"; do
    VM_MACHINE[2]="$machine,memory-backend=memory"
    listening='' waiting=''
    LIMIT=120
    boot "loglevel=8 nlinit.log=debug" "${DISK[@]}" -device virtio-serial-pci \
        -chardev file,id=notify,path=notify.log -device virtserialport,chardev=notify,name=org.nlinit.notify
    expect 'the power button event[0-9]+ was pressed: shutting down, to poweroff'
    expect '^payload: ends'
    refuse 'did not end and is killed'
    expect 'reboot: Power down'
    told 'EXIT_STATUS=7'
    expect_clean data
done
