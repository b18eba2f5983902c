# SPDX-License-Identifier: Apache-2.0
# Whoever started the machine reads from a virtio-serial port that it is ready, with what address, and how it ended.
once
VM_MODULES+=,virtio_console
config <<'TOML'
[system]
notify = "port:org.nlinit.notify"
[payload]
command = ["/sbin/payload", "--exit", "42"]
TOML
boot "" "${NIC[@]}" -device virtio-serial-pci -chardev file,id=notify,path=notify.log \
    -device virtserialport,chardev=notify,name=org.nlinit.notify
told() { grep -Eqx -- "$1" "$folder/notify.log" || wrong+=("notify.log has no line $1"); }
told 'STATUS=.+' # the newest, once the kernel has found the port
told 'READY=1'
told 'X_NLINIT_ADDRESS=10\.0\.2\.15/24'
told 'X_NLINIT_BOOT_MS=[0-9]+'
told 'EXIT_STATUS=42'
told 'STOPPING=1'
expect '^payload: exit 42$'
expect 'reboot: Power down'
