# SPDX-License-Identifier: Apache-2.0
# In user-mode Linux, where there is no ACPI, a poweroff ends the machine, which is a process, and is no reboot, after
# which it would boot for ever. No emulator: it boots in a second.
only amd64
fetch_packages amd64 build/uml-amd64 user-mode-linux || die "apt-get could not fetch user-mode-linux"
VM_MODULES= # which are for another kernel
vm_initramfs "$folder" "$folder/nlinit.toml"
timeout -s KILL 60 build/uml-amd64/usr/bin/linux.uml mem=128M "initrd=$folder/initramfs.cpio.gz" con=null con0=null,fd:1 \
    umid="nlinit-$$" quiet loglevel=7 </dev/null 2>&1 | console_lines >"$folder/serial.log" ||
    wrong+=("the machine did not end within a minute")
expect '^payload: exit 42$'
expect 'nlinit: shutdown: poweroff$'
expect 'reboot: (Power down|System halted)'
refuse 'Kernel panic'
