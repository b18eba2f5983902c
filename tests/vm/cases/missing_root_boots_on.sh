# SPDX-License-Identifier: Apache-2.0
# A root that does not come is waited for as long as rootwait= says, and then the initramfs boots on.
once
config <<'TOML'
profile = "minimal"
TOML
disk other
tune2fs -L other "$folder/other.ext4" >/dev/null
boot "root=/dev/vdz rootwait=1 ip=off nlinit.on_exit=poweroff loglevel=7 -- /sbin/payload --exit 7" "${DISK[@]}"
expect 'nlinit: .*/dev/vdz did not appear within 1 s; here are vda \(ext4, LABEL=other, UUID=[-0-9a-f]+\): is its driver loaded\?'
expect '^payload: exit 7$'
expect 'reboot: Power down'
