# SPDX-License-Identifier: Apache-2.0
# A virtio-serial port whose host is not connected takes nothing; a vsock is not even there.
once
VM_MODULES+=,virtio_console
config <<'TOML'
[system]
notify = "port:org.nlinit.notify"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot "" "${NIC[@]}" -device virtio-serial-pci -chardev socket,id=notify,path=notify.sock,server=on,wait=off \
    -device virtserialport,chardev=notify,name=org.nlinit.notify
expect '^payload: exit 42$'
expect 'reboot: Power down'
