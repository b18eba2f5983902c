# A root that does not come is waited for as long as rootwait= says, and then the initramfs boots on.
once
config <<'TOML'
profile = "minimal"
TOML
boot "root=/dev/vdz rootwait=1 ip=off nlinit.on_exit=poweroff loglevel=7 -- /sbin/payload --exit 7"
expect 'nlinit: .*/dev/vdz did not appear within 1 s: is its driver loaded\?'
expect '^payload: exit 7$'
expect 'reboot: Power down'
