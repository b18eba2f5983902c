# SPDX-License-Identifier: Apache-2.0
# The root has no modules, as the image of a container, and the driver of the power button is not loaded before the
# payload runs: it is that of the initramfs, which was left by then.
once
busybox
VM_MODULES='' VM_SPARE_MODULES=vm
config <<'TOML'
[network]
wait = false
[payload]
command = ["/bin/busybox", "sleep", "1000"]
TOML
vm_line() {
    case $1 in
        *'listens to the power button '*) vm_monitor system_powerdown ;;
    esac
}
boot "loglevel=8 nlinit.log=debug root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}"
expect 'load module button: done'
expect 'the power button event[0-9]+ was pressed: shutting down, to poweroff'
expect 'reboot: Power down'
