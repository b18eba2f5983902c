# SPDX-License-Identifier: Apache-2.0
# The shell has a terminal of its own, which controls it, beside a payload that never ends.
busybox
case $VM_ARCH in
    amd64) terminal=ttyS1 PORT=(-serial chardev:shell) ;;
    *) # the machine has one serial port
        VM_MODULES+=,virtio_console
        terminal=hvc0 PORT=(-device virtio-serial-pci -device virtconsole,chardev=shell)
        ;;
esac
config <<'TOML'
[network]
wait = false
[payload]
command = ["/sbin/payload", "--wait-addresses", "1"]
stop_timeout = "500ms"
TOML
mkfifo "$folder"/shell.{in,out}
exec {shell_in}<>"$folder/shell.in" {shell_out}<>"$folder/shell.out"
starts=0
vm_line() {
    [[ $1 == *'debug: started /bin/busybox'* ]] || return 0
    starts=$((starts + 1))
    if ((starts == 1)); then
        printf '%s\n' "echo shell-\$((6*7)) >/dev/console" "echo mine-\$((6*7)) >/dev/tty" exit >&"$shell_in"
    else
        printf 'kill -USR2 1\n' >&"$shell_in"
    fi
}
boot "loglevel=7 nlinit.debug_shell=/dev/$terminal" -chardev pipe,id=shell,path=shell "${PORT[@]}"
expect 'shell-42'
# What it said is in the pipe, which never ends.
said=
while IFS= read -r -t 1 line <&"$shell_out"; do said+=$line$'\n'; done
[[ $said == *mine-42* ]] || wrong+=("the shell has no /dev/tty: $said")
((starts == 2)) || wrong+=("the shell was started $starts times")
refuse '^payload: exit'
expect 'reboot: Power down'
