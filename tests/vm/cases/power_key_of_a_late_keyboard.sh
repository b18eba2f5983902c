# SPDX-License-Identifier: Apache-2.0
# A keyboard that is plugged in while the payload runs has a power key, which counts as the machine's button.
once
VM_MODULES+=,virtio_input
VM_SPARE_MODULES=evdev
config <<'TOML'
[network]
wait = false
[payload]
command = ["/sbin/payload", "--wait-addresses", "1"]
stop_timeout = "1s"
TOML
vm_line() {
    case $1 in
        *'payload: waiting for addresses'*) vm_monitor 'device_add virtio-keyboard-pci,id=late,bus=plug0' ;;
        # On a PC there is another one, which was there before.
        *'input: QEMU Virtio Keyboard'*) plugged=1 ;;
        *'listens to the power button '* | *'no network interface fits'*) [[ -z $plugged ]] || vm_monitor 'sendkey power' ;;
    esac
}
plugged=
boot "loglevel=8 nlinit.log=debug" -device pcie-root-port,id=plug0,chassis=1
expect 'the power button event[0-9]+ was pressed: shutting down, to poweroff'
expect 'reboot: Power down'
