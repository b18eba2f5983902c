# SPDX-License-Identifier: Apache-2.0
# Nothing names a module: drivers are found by device, and those of nothing that is not there are loaded.
VM_MODULES='' VM_SPARE_MODULES=vm
config <<'TOML'
[[mount]]
source = "users"
target = "/Users"
type = "virtiofs"
[network]
timeout = "10s"
[payload]
command = ["/sbin/payload", "--json", "--exit", "42"]
on_exit = "poweroff"
TOML
mkdir "$folder/share"
echo 'hello from the host' >"$folder/share/greeting"
vm_share "$folder" share
boot "loglevel=7 root=/dev/vda rootfstype=erofs ro" "${ROOT[@]}" "${NIC[@]}" "${VM_SHARE[@]}" -device virtio-rng-pci \
    -device virtio-balloon-pci
expect '^mount +/ erofs /dev/vda ro'
expect '^share +hello from the host$'
expect '^address +eth0 10\.0\.2\.15/24$'
for module in virtio_pci virtio_blk virtio_net virtiofs virtio_rng virtio_balloon; do
    expect "\"step\": \"load module $module\""
done
refuse '"step": "load module (virtio_console|scsi_mod|sd_mod|virtio_scsi|erofs)"'
# The power button's comes behind the boot, and may be in the report by then.
! grep -A 1 '"step": "load module evdev"' "$folder/serial.log" | grep -q '"phase": "modules"' ||
    wrong+=("evdev was loaded for a device")
# arm64's machine has places for devices on MMIO in its device tree, whether there are any or not.
[[ $VM_ARCH == arm64 ]] || refuse '"step": "load module virtio_mmio"'
expect '^payload: exit 42$'
expect 'reboot: Power down'
